import type { JsonObject } from '@oakring/contracts';
import { Matches } from 'class-validator';
import { IsText, rule } from '@oakring/http';

const fingerprint = /^[0-9a-f]{64}$/;
const asFingerprint = rule('not a fingerprint of 64 hexadecimal digits');
const maxSignatureCharacters = 128;

/** The path and the body of `POST /api/v1/ledger/keys/{fingerprint}/endorse|revoke`. */
export class JudgeKeyDto {
  @Matches(fingerprint, asFingerprint)
  fingerprint: unknown;

  @Matches(fingerprint, asFingerprint)
  by: unknown;

  /** Ed25519, base64. */
  @IsText(maxSignatureCharacters)
  signature: unknown;

  static of(body: JsonObject): JudgeKeyDto {
    const dto = new JudgeKeyDto();
    dto.fingerprint = body['fingerprint'];
    dto.by = body['by'];
    dto.signature = body['signature'];
    return dto;
  }
}
