import type { DeadLetter, ErrorCode } from '@oakring/contracts';
import type { Damage, VerifierKey } from '@oakring/events';
import type { Distribution, Sample } from '@oakring/metrics';
import type { Trouble } from '../supervision/troubles.js';
import type { ProcessHealth } from '../supervision/watched-process.js';
import type { PartHealth } from './health.js';

/** Injection token of `DeadLetterList`. */
export const DEAD_LETTERS = Symbol('DeadLetters');

/** Refused messages, as an operator reads them. */
export interface DeadLetterList {
  /** Newest first. */
  list(limit: number): readonly DeadLetter[];
  /** Refused since the start, by code. */
  counts(): ReadonlyMap<string, number>;
}

/** Injection token of `StrangerList`. */
export const STRANGERS = Symbol('Strangers');

/** Workers that speak under an id that nobody knows, to the manager that leads. */
export interface StrangerList {
  list(): readonly {
    readonly id: string;
    readonly lastSeen: string;
    readonly runs: readonly string[];
    readonly instances: number;
  }[];
}

/** Messages of workers since the start, by what they say: a `ReadonlyMap<string, number>`. */
export const MESSAGE_COUNTS = Symbol('MessageCounts');

/** Injection token of `Readiness`. */
export const READINESS = Symbol('Readiness');

export interface ReadinessAnswer {
  readonly ready: boolean;
  /** In a few words: what is missing, or that nothing is. */
  readonly detail: string;
  /** Of the catalogue, where what is missing has a code. */
  readonly code?: ErrorCode;
  readonly parts: readonly PartHealth[];
}

/** Whether the manager does its work, and how its parts do: what `/health` asks. */
export interface Readiness {
  isReady(): Promise<ReadinessAnswer>;
  /** As far as is known now. */
  readonly parts: readonly PartHealth[];
  /** What does not end by itself any more, so that a restart would help; null: nothing is known to. */
  readonly stuck: string | null;
}

/** Injection token of the `ClusterProof` of http/forwarding; null where there is one manager. */
export const CLUSTER_PROOF = Symbol('ClusterProof');

/** Injection token of `LeadershipView`. */
export const LEADERSHIP = Symbol('Leadership');

/** Who leads, as `ledger/head` and the forwarding of writes ask. */
export interface LeadershipView {
  readonly status: {
    readonly leading: boolean;
    /** Where the leader takes commands; null when nobody is known to lead. */
    readonly leader: string | null;
  };
  /** How what happens by itself does; none while another leads. */
  readonly processes: readonly ProcessHealth[];
}

/** Injection token of `VerificationView`. */
export const VERIFICATION = Symbol('Verification');

/** What the verification beside everything else has found since the start (verification/). */
export interface Verified {
  readonly status: 'verifying' | 'whole' | 'damaged';
  readonly verifiedTo: number;
  readonly head: number;
  /** When the newest commit was verified; null: none was yet. */
  readonly atMs: number | null;
  /** When all there was had been verified; null: not yet. */
  readonly wholeAtMs: number | null;
  readonly passes: number;
  readonly sealedTo: number;
  readonly warnings: readonly string[];
  readonly damage: (Damage & { readonly foundMs: number }) | null;
  /** Of the time that it worked; null: it has not yet. */
  readonly commitsPerSecond: number | null;
  /** Of one core, at most. */
  readonly share: number;
}

export interface VerificationView {
  readonly result: Verified;
  /** Milliseconds since all there was had been verified, or since we began. */
  readonly ageMs: number;
  /** Damage, as an operator is to see it. */
  readonly trouble: Trouble | null;
}

/** What it is called where troubles are named. */
export const verificationName = 'ledger verification';

/** Injection token of `RootView`; null: the cluster stands alone. */
export const ROOT_VIEW = Symbol('RootView');

/** What it is called where troubles are named. */
export const rootMemoryName = 'root memory';

/** How the leader stands with the root that this cluster works for. */
export interface RootView {
  readonly root: { readonly name: string };
  readonly standing: {
    now(): {
      readonly clusterId: string | null;
      readonly isConnected: boolean;
      /** Wall clock; null: it is not. */
      readonly sinceMs: number | null;
    };
    /** Wall clock: since when what the root forgot is known to this term. */
    readonly forgotMs: number;
    /** Of this term. */
    readonly lastReport: {
      readonly atMs: number;
      readonly tookMs: number;
      readonly builtMs: number;
      readonly bytes: number;
      readonly instances: number;
    } | null;
    /** Since the start. */
    readonly counts: {
      readonly registrations: number;
      readonly reports: number;
      readonly failures: number;
    };
  };
}

/** `WitnessView`s: witnesses whose word is taken, from the settings. */
export const WITNESSES = Symbol('Witnesses');

export interface WitnessView extends VerifierKey {
  readonly verifierKey: string;
  /** By its newest answer it saw another history than ours. */
  readonly objects: boolean;
}

/** Injection token of `Measured`. */
export const MEASURED = Symbol('Measured');

/** Files of certificates that a setting names. */
export interface CertificateFiles {
  /** `MQTT_CERT`. */
  readonly setting: string;
  readonly paths: readonly string[];
}

/** What is measured of a manager beside its views. */
export interface Measured {
  readonly commands: {
    readonly deciding: Distribution;
    readonly appending: Distribution;
    readonly answering: Distribution;
    /** By type and outcome. */
    outcomes(): Iterable<Sample>;
  };
  readonly leadership: {
    readonly leaseMarginMs: number | null;
    readonly lagMs: number | null;
    readonly reachesStore: boolean;
    readonly reachesBroker: boolean | null;
  };
  readonly scheduler: {
    /** Why it would not plan now; null: it would. */
    obstacle(): Promise<string | null>;
  };
  /** Why nothing can be appended now; null when nothing is known to be in the way. */
  obstacle(): Promise<string | null>;
  /** By what lies there. */
  readonly folders: Readonly<Record<string, string>>;
  readonly certificates: readonly CertificateFiles[];
}
