import { tokenName, tokenNameExpectation } from '../access/names.js';
import {
  longestTokenMs,
  mostJoinIds,
  mostJoinUses,
  permissionNames,
  shortestTokenMs,
  tokenRoles,
  type Permission,
  type TokenRole,
} from '../access/roles.js';
import {
  identifier,
  integer,
  listOf,
  matching,
  natural,
  nullable,
  oneOf,
  recordOf,
  text,
  time,
} from './kinds.js';
import { labels } from './placement-rules.js';
import { Field, Shape, shaped } from './shape.js';

const named = matching(tokenName, tokenNameExpectation);

@Shape({ example: { name: 'ci', role: 'root' } })
export class CreateToken {
  @Field(named, { says: 'Whoever shows it is called so: in events, behind `api/`.' })
  readonly name: string;

  @Field(oneOf(tokenRoles), { says: 'What it lets them do: docs/access.md.' })
  readonly role: TokenRole;

  @Field(integer(shortestTokenMs, longestTokenMs), {
    optional: true,
    says: 'How long it holds; an hour to 30 days, by its role, when it is left out.',
  })
  readonly expiresInMs?: number;

  @Field(labels, {
    optional: true,
    says:
      'Of an operator: orders about nodes with all of these labels only. Of a join token: nodes that join by it have ' +
      'these labels, whatever their workers say.',
  })
  readonly nodes?: Readonly<Record<string, string | number | boolean>>;

  @Field(integer(1, mostJoinUses), {
    optional: true,
    says: 'Of a join token: how many nodes join by it. One, or one for each of `ids`, when it is left out.',
  })
  readonly uses?: number;

  @Field(listOf(identifier, { max: mostJoinIds, items: 'ids' }), {
    optional: true,
    says: 'Of a join token: the nodes that may join by it, and no other.',
  })
  readonly ids?: readonly (string | number)[];
}

@Shape({ says: 'A token that was made: the only time that it is shown.' })
export class TokenCreated {
  @Field(text)
  readonly token: string;

  @Field(text)
  readonly name: string;

  @Field(oneOf(tokenRoles))
  readonly role: TokenRole;

  @Field(time)
  readonly expires: string;

  @Field(natural, { says: 'Of the commit that made it.' })
  readonly position: number;
}

@Shape()
export class TokenOrderAnswer {
  @Field(text)
  readonly name: string;

  @Field(natural)
  readonly position: number;
}

const tokenStatuses = ['holds', 'used', 'expired', 'revoked'] as const;

@Shape({ says: 'What is left of a join token.' })
export class JoinUses {
  @Field(natural)
  readonly uses: number;

  @Field(natural)
  readonly usesLeft: number;

  @Field(nullable(listOf(text)), { says: 'The nodes that may join by it; null: any.' })
  readonly ids: readonly string[] | null;
}

@Shape({ name: 'Token', says: 'A token, without what is secret of it.' })
export class TokenAnswer {
  @Field(text)
  readonly name: string;

  @Field(text, { says: 'Of the roles of docs/access.md; one that is not known here may nothing.' })
  readonly role: string;

  @Field(oneOf(tokenStatuses))
  readonly status: (typeof tokenStatuses)[number];

  @Field(nullable(recordOf(text)), {
    says: 'Orders about nodes with these labels only; what joins by it has them.',
  })
  readonly nodes: Readonly<Record<string, string>> | null;

  @Field(nullable(shaped(JoinUses)), { says: 'Of a join token; null: of another.' })
  readonly joins: JoinUses | null;

  @Field(nullable(text), { says: 'Who had it made.' })
  readonly createdBy: string | null;

  @Field(time)
  readonly created: string;

  @Field(time)
  readonly expires: string;

  @Field(nullable(time), {
    says: 'To the minute, at the manager that answers; null: not since that one started.',
  })
  readonly lastUsed: string | null;

  @Field(nullable(time))
  readonly revoked: string | null;

  @Field(nullable(text))
  readonly revokedBy: string | null;
}

@Shape()
export class TokenPage {
  @Field(listOf(shaped(TokenAnswer)), { says: 'By name.' })
  readonly items: readonly TokenAnswer[];

  @Field(natural)
  readonly position: number;
}

@Shape({ name: 'WhoAmI', says: 'Whoever asks, as the manager knows them.' })
export class WhoAmIAnswer {
  @Field(text, {
    says: '`token`: by OAKRING_TOKEN; `open`: no token is asked for; `nodes/<id>`: a node.',
  })
  readonly name: string;

  @Field(text)
  readonly role: string;

  @Field(listOf(oneOf(permissionNames)))
  readonly permissions: readonly Permission[];

  @Field(oneOf(['all', 'own']), { says: 'Which jobs are seen and changed.' })
  readonly jobs: 'all' | 'own';

  @Field(nullable(recordOf(text)), {
    says: 'Orders about nodes with these labels only; null: about all that the role allows.',
  })
  readonly nodes: Readonly<Record<string, string>> | null;

  @Field(nullable(time), { says: 'Null: with the setting.' })
  readonly expires: string | null;
}
