import type { Job, Node } from '../client/documents.js';
import type { ManagerClient } from '../client/manager-client.js';
import { ManagerError } from '../client/manager-error.js';
import { CommandFailure, exitCodes } from '../exit-codes.js';

/** `look`: any beginning that is nobody else's will do. `order`: it changes something. */
type Purpose = 'look' | 'order' | { readonly lookAt: string | undefined };
type Kind = 'job' | 'node';
type Candidate = Pick<Job | Node, 'id' | 'name'>;

const unknownCodes: Readonly<Record<Kind, string>> = { job: 'job-unknown', node: 'node-unknown' };
/** Candidates that are told; one more is asked for, to know of it. */
const mostTold = 10;
const leastOfChosen = 4;
/** Ids that nobody thought of: a manager's (also those from keys of repetition), and a root's. */
const chosenId =
  /^(?:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f]{24}|[0-9a-f]{32})$/;

export interface Meant<T> {
  /** Of whom was meant. */
  readonly id: string;
  readonly answer: T;
}

/**
 * Asks about the job that a person names by its id, its name or a beginning of either. What was written
 * is tried as an id first: that always wins, and costs nothing. Only when nothing is called so is the
 * manager asked, once, whom it means. `ask` makes one request.
 */
export function onJob<T>(
  client: ManagerClient,
  text: string,
  purpose: Purpose,
  ask: (id: string) => Promise<T>,
): Promise<Meant<T>> {
  return onMeant({
    kind: 'job',
    text,
    purpose,
    ask,
    named: (most) => client.jobsNamed(text, most, momentOf(purpose)),
  });
}

/** As `onJob`, of a node. */
export function onNode<T>(
  client: ManagerClient,
  text: string,
  purpose: Purpose,
  ask: (id: string) => Promise<T>,
): Promise<Meant<T>> {
  return onMeant({
    kind: 'node',
    text,
    purpose,
    ask,
    named: (most) => client.nodesNamed(text, most, momentOf(purpose)),
  });
}

function momentOf(purpose: Purpose): string | undefined {
  return typeof purpose === 'string' ? undefined : purpose.lookAt;
}

interface Question<T> {
  readonly kind: Kind;
  readonly text: string;
  readonly purpose: Purpose;
  ask(id: string): Promise<T>;
  named(most: number): Promise<{ readonly items: readonly Candidate[] }>;
}

async function onMeant<T>(question: Question<T>): Promise<Meant<T>> {
  const { kind, text, ask } = question;
  try {
    return { id: text, answer: await ask(text) };
  } catch (error) {
    if (!isUnknown(error, kind)) throw error;
    const id = await meantBy(question, error);
    return { id, answer: await ask(id) };
  }
}

function isUnknown(error: unknown, kind: Kind): error is ManagerError {
  const code = error instanceof ManagerError ? error.problem?.code : undefined;
  return code === unknownCodes[kind] || code === 'invalid-id';
}

async function meantBy<T>(
  { kind, text, purpose, named }: Question<T>,
  unknown: ManagerError,
): Promise<string> {
  // A manager of another release does not know the question.
  const { items } = await named(mostTold + 1).catch(() => ({ items: [] }));
  const so = items.filter(({ id, name }) => id === text || name === text);
  const candidates = so.length > 0 ? so : items;
  const [first, ...others] = candidates;
  if (first === undefined) throw unknown;
  if (others.length > 0) {
    const told = `"${text}" may be ${listed(candidates)}: name the one that is meant.`;
    throw new CommandFailure(told, exitCodes.refused);
  }
  if (purpose !== 'order' || so.length > 0 || isShortened(text, first)) return first.id;
  const told =
    `There is no ${kind} ${text}; ${listed([first])} begins so. What changes something takes a whole id or name, ` +
    `or ${leastOfChosen} signs and more of an id that nobody chose.`;
  throw new CommandFailure(told, exitCodes.refused);
}

/** A script that ends `web` twice must not end `web-2` the second time; nobody calls a job `0b7f`. */
function isShortened(text: string, { id }: Candidate): boolean {
  return text.length >= leastOfChosen && chosenId.test(id) && id.startsWith(text);
}

function listed(candidates: readonly Candidate[]): string {
  const told = candidates
    .slice(0, mostTold)
    .map(({ id, name }) => (name === id ? id : `${id} (${name})`));
  return candidates.length > mostTold ? `${told.join(', ')} and more` : told.join(', ');
}
