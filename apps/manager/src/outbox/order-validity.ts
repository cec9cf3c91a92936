/** A worker must not obey an order that reaches it later than this after it was sent. */
export const orderValidMs = 300_000;
