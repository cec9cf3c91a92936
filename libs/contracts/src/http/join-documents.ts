import { nodeSecret, nodeSecretExpectation } from '../access/node-secret.js';
import { flag, identifier, matching, natural, nullable, text, textOf, time } from './kinds.js';
import { Field, Shape, shaped } from './shape.js';

const maxRequestLength = 16_384;

/**
 * The body of `POST /api/v1/joins`. The same again, under any token that may, is answered alike and uses up nothing: who
 * joins makes the secret, keeps it, and then sends it until it is answered.
 */
@Shape({ example: { node: 'n1', secret: 'c3'.repeat(32) } })
export class JoinNode {
  @Field(identifier, { says: 'Its id. At the broker it is the name of the user.' })
  readonly node: string | number;

  @Field(matching(nodeSecret, nodeSecretExpectation), {
    secret: true,
    says:
      'Its credential from then on, made and kept by itself: 256 bits of chance. At the broker it is the password. ' +
      'A hash is all that is kept of it.',
  })
  readonly secret: string;

  @Field(textOf(256), {
    optional: true,
    secret: true,
    says: 'What its first registration was answered with, of a node that registered before it joined.',
  })
  readonly registrationToken?: string;

  @Field(textOf(maxRequestLength), {
    optional: true,
    says: 'A certificate request (PKCS #10, PEM), where the manager has a CA; its subject is not looked at.',
  })
  readonly csr?: string;
}

@Shape()
export class JoinedBroker {
  @Field(nullable(text), { says: 'Null: where the manager is that was asked.' })
  readonly host: string | null;

  @Field(natural)
  readonly port: number;

  @Field(flag)
  readonly tls: boolean;
}

@Shape({ says: 'A certificate for the key of the request.' })
export class JoinedCertificate {
  @Field(text, { says: 'PEM; its common name is the id of the node.' })
  readonly certificate: string;

  @Field(text, { says: 'PEM, of the CA that signed it and the broker’s.' })
  readonly ca: string;

  @Field(time)
  readonly endsAt: string;
}

@Shape({ name: 'Joined', says: 'The node has a credential of its own.' })
export class JoinedAnswer {
  @Field(text)
  readonly node: string;

  @Field(text, { says: 'At the broker, beside the secret.' })
  readonly username: string;

  @Field(shaped(JoinedBroker), { says: 'Where to speak from now on.' })
  readonly broker: JoinedBroker;

  @Field(nullable(shaped(JoinedCertificate)), { says: 'Null: none was asked for.' })
  readonly certificate: JoinedCertificate | null;

  @Field(natural, { says: 'Of the commit that holds it.' })
  readonly position: number;
}
