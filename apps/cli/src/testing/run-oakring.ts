import { run } from '../run.js';
import { fakeManager, type FakeManager, type Route } from './fake-manager.js';
import { testIo, type TestIoOptions } from './test-io.js';

/** One for each call; a test may make several. */
const managers: FakeManager[] = [];
/** To be called after each test. */
export async function closeManager(): Promise<void> {
  await Promise.all(managers.splice(0).map((manager) => manager.close()));
}

interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly error: string;
  readonly asked: FakeManager['asked'];
}

/** Runs `oakring …` against a manager that answers what a test says. */
export async function oakring(
  argv: readonly string[],
  routes: Readonly<Record<string, Route>>,
  options: TestIoOptions & { readonly env?: Record<string, string> } = {},
): Promise<Outcome> {
  const manager = await fakeManager(routes);
  managers.push(manager);
  const io = testIo(options);
  const code = await run(argv, io, { OAKRING_URL: manager.url, ...options.env });
  return { code, out: io.written(), error: io.complained(), asked: manager.asked };
}

export const always =
  (body: unknown, status = 200): Route =>
  (_, answer) =>
    answer.json(body, status);
export const page = (...items: unknown[]): Route => always({ items, position: 9 });
