import type { ErrorCode } from '@oakring/contracts';

/** Why a stream broke, or could not be opened: told to whoever opened it. */
export class StreamFailure extends Error {
  constructor(
    readonly code: ErrorCode,
    detail: string,
  ) {
    super(detail);
  }
}
