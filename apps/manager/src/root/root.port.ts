/** What became of a report. */
export type ReportFate =
  | { readonly status: 'taken' }
  /** It answers, and does not take it. */
  | { readonly status: 'refused'; readonly why: string }
  /** The same, for its size. */
  | { readonly status: 'too-large'; readonly why: string }
  /** No answer in time: it may have taken it all the same. */
  | { readonly status: 'slow'; readonly why: string }
  /** Nobody is there. */
  | { readonly status: 'away'; readonly why: string };

/** The root that this cluster works for. */
export interface Root {
  /** As people call it. */
  readonly name: string;
  /**
   * The id that it knows us by. The same one again, as long as it remembers us. Throws an OakringError
   * `root-unavailable` when it does not take us in.
   */
  register(ending: AbortSignal): Promise<string>;
  report(id: string, report: Uint8Array, ending: AbortSignal): Promise<ReportFate>;
}
