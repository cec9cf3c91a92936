import { OakringError } from '@oakring/contracts';
import {
  cosignatureProblem,
  readCheckpoint,
  readNote,
  statedCosignature,
  writeAddCheckpoint,
  type StatedCosignature,
  type VerifierKey,
} from '@oakring/events';
import { exchangeBytes, NoAnswer } from '@oakring/http';
import type { Unwitnessed, Witness } from './cosignatures.js';

const withinMs = 10_000;
/** A signature line, or a few. */
const maxAnswerBytes = 16 * 1024;

/** What it saw is learnt from its answer: once more, then. */
const mostTimes = 2;

/** How our tree of one size became that of another. */
export interface TreeProofs {
  growth(from: number, to: number): Promise<{ readonly proof: readonly string[] }>;
}

type Answer =
  | { readonly status: 'lines'; readonly text: string }
  /** It saw a tree of another size than the one that we began at. */
  | { readonly status: 'saw'; readonly size: number };

/** A witness as c2sp.org/tlog-witness has it. */
export class HttpWitness implements Witness {
  /** What it saw of us, by its own word; null: it did not say yet. */
  private saw: number | null = null;
  /** It saw another history than ours, by its newest answer. */
  objects = false;

  constructor(
    private readonly key: VerifierKey,
    readonly verifierKey: string,
    private readonly url: string,
    private readonly proofs: TreeProofs,
  ) {}

  async cosign(checkpoint: Unwitnessed, ending: AbortSignal): Promise<StatedCosignature> {
    const { position, note, seen } = checkpoint;
    let from = this.saw !== null && this.saw <= position ? this.saw : seen;
    for (let times = 0; times < mostTimes; times += 1) {
      const answer = await this.ask(checkpoint, from, ending);
      if (answer.status === 'lines') {
        const stated = this.stated(note, answer.text);
        this.saw = position;
        this.objects = false;
        return stated;
      }
      this.demandContinued(answer.size, from, position);
      from = answer.size;
    }
    throw this.unavailable('saw another size each time: somebody else asks it as well');
  }

  /** What a 409 says: the size of the newest tree that it cosigned. */
  private demandContinued(size: number, from: number, position: number): void {
    if (size > position) {
      throw this.objected(
        `cosigned ${size} commits of this ledger, which has ${position} now: IT WENT BACK`,
      );
    }
    if (size === from) throw this.objected(`cosigned another tree of ${size} commits: A FORK`);
    this.saw = size;
  }

  private async ask(
    { position, note }: Unwitnessed,
    oldSize: number,
    ending: AbortSignal,
  ): Promise<Answer> {
    const isGrowth = oldSize > 0 && oldSize < position;
    const { proof } = isGrowth ? await this.proofs.growth(oldSize, position) : { proof: [] };
    const body = Buffer.from(writeAddCheckpoint({ oldSize, proof, note }));
    const { status, bytes } = await this.exchange(body, ending);
    const text = Buffer.from(bytes).toString('utf8');
    switch (status) {
      case 200:
        return { status: 'lines', text };
      case 409: {
        const size = /^(0|[1-9]\d{0,15})\n?$/.exec(text)?.[1];
        if (size !== undefined) return { status: 'saw', size: Number(size) };
        throw this.unavailable('answers 409 without the size that it saw');
      }
      case 422:
        throw this.objected(
          `does not take the proof that ${position} commits continue the ${oldSize} that it cosigned: THE LEDGER WAS REWRITTEN`,
        );
      case 403:
        throw this.unavailable('does not know the key that signed: give it "audit keys --vkeys"');
      case 404:
        throw this.unavailable('does not witness this cluster: give it "audit keys --vkeys"');
      default:
        throw this.unavailable(`answers with status ${status}`);
    }
  }

  private async exchange(body: Uint8Array, ending: AbortSignal) {
    try {
      const type = 'text/plain; charset=utf-8';
      const question = { url: this.url, type, body, withinMs, maxAnswerBytes, ending };
      return await exchangeBytes(question);
    } catch (error) {
      throw error instanceof NoAnswer
        ? this.unavailable(`did not answer: ${error.message}`)
        : error;
    }
  }

  private stated(note: string, lines: string): StatedCosignature {
    const signed = readCheckpoint(note);
    const read = readNote(`${note}${lines}`);
    const stated = read.status === 'note' ? statedCosignature(read.note, this.key) : null;
    if (signed.status === 'refused' || stated === null) {
      throw this.unavailable('answers with something else than its cosignature');
    }
    const problem = cosignatureProblem(signed.note.text, stated);
    if (problem !== null) throw this.unavailable(`gave no cosignature that holds: ${problem}`);
    return stated;
  }

  private unavailable(what: string): OakringError {
    const detail = `Witness ${this.key.name} at ${new URL(this.url).origin} ${what}.`;
    return new OakringError({ code: 'witness-unavailable', detail });
  }

  private objected(what: string): OakringError {
    this.objects = true;
    const detail = `Witness ${this.key.name} at ${new URL(this.url).origin} REFUSES: it ${what}.`;
    return new OakringError({ code: 'witness-refused', detail });
  }
}
