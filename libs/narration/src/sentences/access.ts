import type { Sentences } from './sentence.js';

/** What happened to tokens, and to those who had none. */
export const accessSentences: Sentences<
  'TokenGranted' | 'TokenGrantRefused' | 'TokenRevoked' | 'RequestsRefused'
> = {
  TokenGranted: ({ name, role, expiresAt, nodes = {}, joins }) => {
    const labels = Object.entries(nodes).map(([label, value]) => `${label}=${value}`);
    const limit = labels.length === 0 ? '' : `, for nodes with ${labels.join(',')}`;
    const uses = joins === undefined ? '' : `, to let in ${joins.ids?.join(', ') ?? joins.uses}`;
    return `token ${name} of role ${role} given, until ${new Date(expiresAt).toISOString()}${limit}${uses}`;
  },
  TokenGrantRefused: ({ name, detail }, { colors }) =>
    colors.red(`token ${name} not given: ${detail}`),
  TokenRevoked: ({ name }, { colors }) => colors.yellow(`token ${name} revoked`),
  RequestsRefused: ({ unauthorized, forbidden, shown, orders = [], others = 0 }, { colors }) => {
    const [first] = shown;
    const such =
      first === undefined
        ? ''
        : `, such as ${first.request}${first.node === undefined ? '' : ` as ${first.node}`} ` +
          `by ${first.name ?? first.from}`;
    const requests =
      `${unauthorized} requests without a token that holds, ` +
      `${forbidden} beyond the role of their token${such}`;
    const told = orders.map(({ name, code, count }) => `${count} of ${name} (${code})`);
    if (others > 0) told.push(`${others} others`);
    const isOfRequests = unauthorized + forbidden > 0 || told.length === 0;
    const parts = [
      ...(isOfRequests ? [requests] : []),
      ...(told.length === 0 ? [] : [`orders beyond those told one by one: ${told.join(', ')}`]),
    ];
    return `${colors.red('refused')} ${parts.join('; ')}`;
  },
};
