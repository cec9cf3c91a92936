/** What a code stands for. */
export interface ErrorEntry {
  /** HTTP status that it maps to. */
  readonly status: number;
  readonly title: string;
  /** What to do next. */
  readonly remedy: string;
}
