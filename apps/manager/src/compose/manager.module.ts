import { Module, type DynamicModule } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import type { EventLogReader } from '@oakring/stores';
import type { SigningKey } from '@oakring/events';
import { inboxControllers, inboxProviders, type InboxParts } from './inbox-parts.js';
import type { ClusterProof } from '../http/forwarding/cluster-proof.js';
import {
  CERTIFICATE_AUTHORITY,
  type CertificateAuthority,
} from '../access/certificate-authority.js';
import { Identities } from '../access/identities.js';
import { LiveExecs } from '../exec/live-execs.js';
import { PastStates } from '../history/past-states.js';
import { httpControllers, httpProviders } from './http-parts.js';
import { OPEN_BROKER, type OpenBroker } from '../inbox/http/open-broker.js';
import { NODE_TOKENS } from '../inbox/http/token-verdicts.js';
import { commandsOf, streamsOf } from '../leadership/current-term.js';
import {
  CLUSTER_PROOF,
  DEAD_LETTERS,
  LEADERSHIP,
  MEASURED,
  type Measured,
  MESSAGE_COUNTS,
  READINESS,
  type Readiness,
  ROOT_VIEW,
  type RootView,
  VERIFICATION,
  type VerificationView,
  type WitnessView,
  WITNESSES,
} from '../injection/query-tokens.js';
import { ROOT_LINK, SERVICE_RULES, type RootLink } from '../inbox/root/root-orders.js';
import type { ServiceRules } from '../inbox/root/service-translation.js';
import { Scheduler } from '../scheduling/scheduler.port.js';
import { SecretVault } from '../secrets/secret-vault.js';
import { COMMAND_QUEUE, EVENT_LOG, SIGNING_KEY, STREAMS, TELEMETRY } from '../injection/tokens.js';
import { NodeChangeFeed } from '@oakring/model';

/** The parts that the module ties together, made before it in the order of a start. */
export interface ManagerParts extends InboxParts {
  readonly identities: Identities;
  /** Signs certificates of nodes; null: nobody here does. */
  readonly certificateAuthority: CertificateAuthority | null;
  readonly past: PastStates;
  readonly key: SigningKey;
  readonly log: EventLogReader;
  readonly health: Readiness;
  readonly feed: NodeChangeFeed;
  readonly execs: LiveExecs;
  readonly vault: SecretVault;
  readonly scheduler: Scheduler;
  readonly proof: ClusterProof | null;
  readonly openBroker: OpenBroker;
  readonly verification: VerificationView;
  readonly knownWitnesses: readonly WitnessView[];
  /** Null: nobody asked for Oakestra. */
  readonly serviceRules: ServiceRules | null;
  readonly rootLink: RootLink;
  /** Null: the cluster stands alone. */
  readonly rootView: RootView | null;
  readonly measured: Measured;
}

/** Providers in the order in which the data flows: inbox, commands, log, views, queries. */
@Module({})
export class ManagerModule {
  static with(parts: ManagerParts): DynamicModule {
    const { leadership } = parts;
    return {
      module: ManagerModule,
      imports: [TerminusModule.forRoot({ logger: false })],
      controllers: [...inboxControllers, ...httpControllers],
      providers: [
        ...inboxProviders(parts),
        { provide: Identities, useValue: parts.identities },
        { provide: CERTIFICATE_AUTHORITY, useFactory: () => parts.certificateAuthority },
        { provide: NODE_TOKENS, useValue: parts.tokens },
        { provide: OPEN_BROKER, useValue: parts.openBroker },
        { provide: COMMAND_QUEUE, useValue: commandsOf(leadership) },
        { provide: LiveExecs, useValue: parts.execs },
        { provide: SecretVault, useValue: parts.vault },
        { provide: STREAMS, useValue: streamsOf(leadership) },
        { provide: EVENT_LOG, useValue: parts.log },
        { provide: TELEMETRY, useValue: parts.table },
        { provide: NodeChangeFeed, useValue: parts.feed },
        { provide: PastStates, useValue: parts.past },
        { provide: SIGNING_KEY, useValue: parts.key },
        { provide: Scheduler, useValue: parts.scheduler },
        { provide: DEAD_LETTERS, useValue: parts.deadLetters },
        { provide: MESSAGE_COUNTS, useValue: parts.messages },
        { provide: READINESS, useValue: parts.health },
        { provide: LEADERSHIP, useValue: leadership },
        { provide: VERIFICATION, useValue: parts.verification },
        { provide: WITNESSES, useValue: parts.knownWitnesses },
        { provide: SERVICE_RULES, useValue: parts.serviceRules },
        { provide: ROOT_LINK, useValue: parts.rootLink },
        { provide: ROOT_VIEW, useValue: parts.rootView },
        { provide: MEASURED, useValue: parts.measured },
        { provide: CLUSTER_PROOF, useFactory: () => parts.proof },
        ...httpProviders,
      ],
    };
  }
}
