import { basename, dirname, join } from 'node:path';
import type { CgroupFiles } from '../cgroup-files.js';

interface Group {
  /** What the group above gives it. */
  controllers: readonly string[];
  readonly given: Set<string>;
  readonly processes: Set<number>;
  readonly files: Map<string, string>;
}

const threaded = ['cpu', 'pids'];
const filesOf: Readonly<Record<string, readonly string[]>> = {
  cpu: ['cpu.max'],
  memory: ['memory.max', 'memory.oom.group', 'memory.current', 'memory.stat'],
  pids: ['pids.max'],
};
const root = '/cgroup';

/** A kernel's groups by its rules, as far as we lean on them; `cgroup-files.scenes.ts` says which. */
export class FakeCgroups implements CgroupFiles {
  private readonly groups = new Map<string, Group>();
  /** By process: who began it. */
  readonly parents = new Map<number, number>();
  /** Groups that are not ours to write in. */
  readonly closed = new Set<string>();

  constructor(
    private readonly ownFolder = root,
    controllers: readonly string[] = ['cpu', 'memory', 'pids', 'io'],
  ) {
    this.groups.set(root, newGroup(controllers));
    const names = ownFolder.slice(root.length).split('/').filter(Boolean);
    names.reduce((above, name) => {
      // What lies in a service's group is that one's to give to.
      const given = above.endsWith('.service') ? [] : controllers;
      for (const each of given) this.groups.get(above)?.given.add(each);
      this.add(join(above, name));
      return join(above, name);
    }, root);
    this.enter(ownFolder, process.pid);
  }

  enter(group: string, pid: number): void {
    const { given } = this.at(group);
    if (group !== root && [...given].some((name) => !threaded.includes(name))) throw busy(group);
    for (const each of this.groups.values()) each.processes.delete(pid);
    this.at(group).processes.add(pid);
  }

  processesOf(group: string): readonly number[] {
    return [...(this.groups.get(group)?.processes ?? [])];
  }

  /** As the kernel counts there. */
  count(group: string, file: string, text: string): void {
    this.at(group).files.set(file, text);
  }

  has(group: string): boolean {
    return this.groups.has(group);
  }

  async own() {
    const at = [...this.groups].find(([, { processes }]) => processes.has(process.pid));
    return { root, folder: at?.[0] ?? this.ownFolder };
  }

  async read(path: string): Promise<string> {
    const group = this.at(dirname(path));
    switch (basename(path)) {
      case 'cgroup.controllers':
        return `${group.controllers.join(' ')}\n`;
      case 'cgroup.procs':
        return [...group.processes].map((pid) => `${pid}\n`).join('');
      case 'cgroup.events':
        return `populated ${this.isPopulated(dirname(path)) ? 1 : 0}\nfrozen 0\n`;
      case 'cgroup.type':
        if (dirname(path) === root) throw missing(path);
        return 'domain\n';
    }
    const text = group.files.get(basename(path));
    if (text === undefined) throw missing(path);
    return text;
  }

  async write(path: string, text: string): Promise<void> {
    const folder = dirname(path);
    const group = this.at(folder);
    if (!(await this.mayWrite(path))) throw coded('EACCES', path);
    switch (basename(path)) {
      case 'cgroup.subtree_control':
        return this.give(folder, text);
      case 'cgroup.procs':
        return this.enter(folder, Number(text));
      case 'cgroup.kill':
        for (const each of this.below(folder)) this.at(each).processes.clear();
        return;
    }
    if (!group.files.has(basename(path))) throw missing(path);
    group.files.set(basename(path), text);
  }

  async mayWrite(path: string): Promise<boolean> {
    return !this.closed.has(dirname(path));
  }

  async children(group: string): Promise<readonly string[]> {
    this.at(group);
    return [...this.groups.keys()]
      .filter((each) => each !== root && dirname(each) === group)
      .map((each) => basename(each));
  }

  async make(group: string): Promise<void> {
    if (this.groups.has(group)) return;
    if (!this.groups.has(dirname(group))) await this.make(dirname(group));
    if (!(await this.mayWrite(group))) throw coded('EACCES', group);
    this.add(group);
  }

  async remove(group: string): Promise<void> {
    const { processes } = this.at(group);
    if (processes.size > 0 || (await this.children(group)).length > 0) throw busy(group);
    this.groups.delete(group);
  }

  async visit(group: string): Promise<void> {
    const visitor = 4_000_000;
    this.enter(group, visitor);
    this.at(group).processes.delete(visitor);
  }

  async parentOf(pid: number): Promise<number | null> {
    return this.parents.get(pid) ?? null;
  }

  private give(folder: string, text: string): void {
    const group = this.at(folder);
    for (const word of text.split(/\s+/).filter(Boolean)) {
      const name = word.slice(1);
      if (!group.controllers.includes(name)) throw missing(`${folder}: ${name}`);
      const isDomain = !threaded.includes(name);
      if (isDomain && folder !== root && group.processes.size > 0) throw busy(folder);
      group.given.add(name);
      for (const [path, each] of this.groups) {
        if (path === root || dirname(path) !== folder || each.controllers.includes(name)) continue;
        each.controllers = [...each.controllers, name];
        for (const file of filesOf[name] ?? []) each.files.set(file, 'max');
      }
    }
  }

  private add(group: string): void {
    this.groups.set(group, newGroup([...this.at(dirname(group)).given]));
  }

  private at(folder: string): Group {
    const group = this.groups.get(folder);
    if (group === undefined) throw missing(folder);
    return group;
  }

  private below(folder: string): readonly string[] {
    return [...this.groups.keys()].filter((at) => at === folder || at.startsWith(`${folder}/`));
  }

  private isPopulated(folder: string): boolean {
    return this.below(folder).some((at) => this.at(at).processes.size > 0);
  }
}

function newGroup(controllers: readonly string[]): Group {
  const files = controllers.flatMap((name) => filesOf[name] ?? []);
  return {
    controllers,
    given: new Set(),
    processes: new Set(),
    files: new Map(files.map((file) => [file, 'max'])),
  };
}

function coded(code: string, path: string): Error {
  return Object.assign(new Error(`${code}: ${path}`), { code });
}
const missing = (path: string): Error => coded('ENOENT', path);
const busy = (path: string): Error => coded('EBUSY', path);
