/** One hundred percent in hundredths of a percent. */
const whole = 10_000;

/**
 * Use of one resource that is not our own instances', in the unit of `capacity`, rounded up. `used`
 * and `own` in hundredths of a percent of the node; `own` is the sum over the instances that the same
 * reading lists, null when it lists none: then what is reserved counts as ours. No margin for the
 * reading's age is added: a node that falls silent becomes suspect after three periods and takes
 * nothing new.
 */
export function foreignLoad(
  used: number,
  own: number | null,
  capacity: number,
  reserved: number,
): number {
  const foreign =
    own === null
      ? Math.ceil((used * capacity) / whole) - reserved
      : Math.ceil((Math.max(0, used - own) * capacity) / whole);
  return Math.max(0, foreign);
}

/** Whether the difference is worth telling: at least one percent of the capacity. */
export function isNews(told: number, now: number, capacity: number): boolean {
  return told !== now && Math.abs(now - told) * 100 >= capacity;
}
