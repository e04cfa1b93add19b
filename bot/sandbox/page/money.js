// Writes whole minor units as people read them: 1000 EUR is "10.00 EUR".

export function money(minor, currency) {
  const digits = new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions().maximumFractionDigits;
  return `${bare(minor, digits)}\u00a0${currency}`;
}

/** The card as the provider prints it, on one line. */
export const cardName = (card) => `${card.brand}\u00a0··\u00a0${card.last4}`;

function bare(minor, digits) {
  const sign = minor < 0 ? "−" : "";
  const figures = String(Math.abs(minor)).padStart(digits + 1, "0");
  const whole = figures.slice(0, figures.length - digits).replace(/\B(?=(\d{3})+$)/g, "\u202f");
  return sign + (digits ? `${whole}.${figures.slice(-digits)}` : whole);
}
