import type { Command } from 'commander';
import { managerClient } from '../client/manager-client.js';
import type { Surroundings } from '../commands/context.js';
import { managerAddress } from '../commands/context.js';
import { readContexts } from '../config/contexts.js';
import { commandOf, wantedBehind, type Candidate, type Kind } from './candidates.js';

/** A person waits for a key: then there are no names. */
const answerWithinMs = 1_000;
const mostNames = 200;
/** What a shell takes as it stands: a name that a worker chose must not become a command of its reader. */
const plain = /^[\w.:@+-]+$/;
const chosenId = /^[0-9a-f]{8}-[0-9a-f-]{27}$|^[0-9a-f]{24}$|^[0-9a-f]{32}$/;

/** `oakring __complete <words…>`: what the last word may become, a line each. Never fails, and says nothing else. */
export async function complete(
  program: Command,
  words: readonly string[],
  surroundings: Omit<Surroundings, 'documents'>,
): Promise<void> {
  const current = words.at(-1) ?? '';
  try {
    // Its commands come when they are called.
    if (words.length > 1 && words[0] === 'audit') await addAudit(program, surroundings);
    const wanted = wantedBehind(program, words);
    const candidates =
      wanted.kind === 'words'
        ? wanted.candidates
        : wanted.kind === 'names'
          ? await namesOf(wanted.of, { current, words }, surroundings)
          : [];
    for (const { word, says } of candidates) {
      if (!word.startsWith(current) || !plain.test(word)) continue;
      surroundings.io.out(says === '' ? word : `${word}\t${says.replaceAll(/\s+/g, ' ')}`);
    }
  } catch {
    // Nobody asked for anything: an error would stand in the midst of what is being written.
  }
}

async function addAudit(
  program: Command,
  surroundings: Omit<Surroundings, 'documents'>,
): Promise<void> {
  const { addAuditSubcommands } = await import('../commands/audit/subcommands.js');
  const { Documents } = await import('../output.js');
  addAuditSubcommands(commandOf(program, ['audit', '']), {
    ...surroundings,
    documents: new Documents(),
  });
}

async function namesOf(
  kind: Kind,
  { current, words }: { readonly current: string; readonly words: readonly string[] },
  { env, ports }: Omit<Surroundings, 'documents'>,
): Promise<readonly Candidate[]> {
  if (kind === 'context') {
    const { contexts } = readContexts(env);
    return Object.entries(contexts).map(([word, { url }]) => ({ word, says: url }));
  }
  const named = {
    url: after(words, '--url'),
    token: after(words, '--token'),
    context: after(words, '--context'),
  };
  const client = managerClient(managerAddress(env, named), ports);
  const asked =
    kind === 'job' ? client.jobsNamed(current, mostNames) : client.nodesNamed(current, mostNames);
  const answered = new AbortController();
  const late = ports.timers.sleep(answerWithinMs, answered.signal);
  const answer = await Promise.race([asked, late]).finally(() => answered.abort());
  return (answer?.items ?? []).map((each) => written(each, current));
}

/** By its name what nobody called so, unless its id is being written. */
function written(
  { id, name, status }: { readonly id: string; readonly name: string; readonly status: string },
  current: string,
): Candidate {
  const byName = name !== id && plain.test(name) && name.startsWith(current);
  const isId = id.startsWith(current) && (current !== '' || !chosenId.test(id));
  return byName && !isId
    ? { word: name, says: `${id} ${status}` }
    : { word: id, says: `${name} ${status}` };
}

function after(words: readonly string[], option: string): string | undefined {
  const at = words.indexOf(option);
  return at === -1 || at + 1 >= words.length - 1 ? undefined : words[at + 1];
}
