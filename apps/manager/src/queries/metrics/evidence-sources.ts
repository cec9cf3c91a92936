import { Inject, Injectable } from '@nestjs/common';
import type { Ports } from '@oakring/ports';
import { PORTS } from '../../injection/tokens.js';
import {
  ROOT_VIEW,
  type RootView,
  VERIFICATION,
  WITNESSES,
  type VerificationView,
  type WitnessView,
} from '../../injection/query-tokens.js';

/** What is measured of the ledger's evidence, and of the root. */
@Injectable()
export class EvidenceSources {
  constructor(
    @Inject(VERIFICATION) readonly verification: VerificationView,
    @Inject(WITNESSES) readonly witnesses: readonly WitnessView[],
    @Inject(ROOT_VIEW) readonly root: RootView | null,
    @Inject(PORTS) readonly ports: Ports,
  ) {}
}
