// Follows the sandbox's events for as long as the page is open.

const LONGEST_PAUSE_MS = 5000;

/**
 * Load the store, then call `onEvent` for all that happens; after a break load anew, because a
 * restarted sandbox counts from one again. `onState` hears "live" or "away".
 */
export async function follow(store, { onLoaded, onEvent, onState }) {
  for (let pauseMs = 250; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
    try {
      await store.load();
      onLoaded();
      onState("live");
      pauseMs = 250;
      await listen(store, onEvent);
    } catch (error) {
      if (!(error instanceof Error) || error.message !== "the sandbox does not answer") console.warn(error);
    }
    onState("away");
    await new Promise((resume) => setTimeout(resume, pauseMs));
  }
}

// Ends when the connection does.
function listen(store, onEvent) {
  return new Promise((ended) => {
    const source = new EventSource(`/sandbox/events?after=${store.seq}`);
    source.onmessage = ({ data }) => {
      const event = JSON.parse(data);
      store.apply(event);
      onEvent(event);
    };
    source.onerror = () => {
      source.close();
      ended();
    };
  });
}
