/** Time as the code may see it. Nothing outside `system/` touches `Date` or `performance`. */
export interface Clock {
  /** Milliseconds since 1970-01-01T00:00:00Z. For people and records, never for deadlines. */
  wallMs(): number;
  /** Milliseconds of a clock that never goes back. For deadlines, never for records. */
  monotonicMs(): number;
}
