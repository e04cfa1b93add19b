// Talks to the sandbox's client API; a refusal becomes an Error with the sandbox's sentence.

/** Ask for JSON. */
export const get = (path) => call("GET", path);

/** Send JSON (or a form with a file), get JSON. */
export const post = (path, body = {}) => call("POST", path, body);

/** Forget something. */
export const remove = (path) => call("DELETE", path);

/** The address of a file's bytes. */
export const fileUrl = (fileId) => `/sandbox/files/${encodeURIComponent(fileId)}`;

async function call(method, path, body) {
  const request = { method };
  if (body instanceof FormData) request.body = body;
  else if (body !== undefined) {
    request.body = JSON.stringify(body);
    request.headers = { "Content-Type": "application/json" };
  }
  const response = await fetch(`/sandbox/${path}`, request).catch(() => {
    throw new Error("the sandbox does not answer");
  });
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(answer.error ?? `the sandbox says ${response.status}`);
  return answer;
}
