/** What is ordered about secrets, and recorded of those without. */
export type SecretOrder =
  | {
      readonly type: 'SetSecret';
      readonly name: string;
      /** What it was encrypted as: the one after the version that there is, or 1. */
      readonly version: number;
      /** Id of the data key that opens `sealed`. */
      readonly key: string;
      readonly sealed: string;
    }
  | { readonly type: 'RemoveSecret'; readonly name: string }
  /** These data keys are gone. */
  | { readonly type: 'RecordShredding'; readonly name: string; readonly keys: readonly string[] };
