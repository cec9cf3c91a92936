/**
 * Keys of secrets, beside a ledger and never in it: what is encrypted there can be read as long as its key is here.
 * They are wrapped: whoever has the store alone reads nothing. `data-key-store.contract.ts` says what holds.
 */
export interface DataKeyStore {
  /** Null: it is not there, or not any more. */
  read(id: string): Promise<string | null>;
  /** On the disk when it resolves. */
  keep(id: string, wrapped: string): Promise<void>;
  /** Gone from the disk when it resolves; what is not there is gone. */
  remove(id: string): Promise<void>;
  /** What was kept first as the mark of the key that wraps all of them; null: none was yet. */
  mark(): Promise<string | null>;
  /** Keeps a mark where there is none, and resolves with the one that is there then. */
  keepMark(mark: string): Promise<string>;
}
