import { Inject, Injectable } from '@nestjs/common';
import {
  VERIFICATION,
  WITNESSES,
  type VerificationView,
  type WitnessView,
} from '../../injection/query-tokens.js';

/** What is measured of the ledger's evidence. */
@Injectable()
export class EvidenceSources {
  constructor(
    @Inject(VERIFICATION) readonly verification: VerificationView,
    @Inject(WITNESSES) readonly witnesses: readonly WitnessView[],
  ) {}
}
