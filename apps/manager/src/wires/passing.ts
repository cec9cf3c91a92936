import { isId } from '@oakring/contracts';
import { anyMark, nodeMark, type PassingTopic } from './dialect.port.js';

/** Whether a client may say something on a topic (or hear a filter) that is none of ours. Null: it is one of ours. */
export function mayPass(
  passing: readonly PassingTopic[],
  may: PassingTopic['may'],
  topic: string,
  clientId: string | null,
): boolean {
  if (clientId === null) return false;
  const levels = topic.split('/');
  return passing.some((each) => each.may === may && fits(each, levels, clientId));
}

function fits({ topic, by }: PassingTopic, levels: readonly string[], clientId: string): boolean {
  const wanted = topic.split('/');
  if (wanted.length !== levels.length) return false;
  return wanted.every((level, at) => {
    const given = levels[at] ?? '';
    if (level === given) return true;
    if (level === nodeMark) return isId(given) && (by === 'anybody' || given === clientId);
    return level === anyMark && isId(given);
  });
}
