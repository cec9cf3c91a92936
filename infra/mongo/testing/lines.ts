import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** One connection through the lines: who opened it, and to which member. */
export interface Line {
  /** Process that opened it, if it is one of those that are known. */
  readonly from: number | null;
  /** Number of the member that it leads to. */
  readonly to: number;
}

type Which = (line: Line) => boolean;

interface Joined {
  readonly line: Line;
  readonly near: Socket;
  readonly far: Socket;
}

/**
 * The lines to the members of a replica set, of clients and of the members among each other. Cut as
 * a network is: nothing passes, nothing is closed, who connects hears nothing; once mended, what
 * TCP had kept goes on. Tells connections apart by the process at their other end (Linux).
 */
export class Lines {
  private readonly servers: Server[] = [];
  private readonly joined = new Set<Joined>();
  private isCut: Which = () => false;
  private delayMs: (line: Line) => number = () => 0;

  private constructor(
    /** Processes whose connections are told apart: the members', and whichever a test adds. */
    private readonly known: () => readonly number[],
  ) {}

  static async to(ports: readonly number[], known: () => readonly number[]): Promise<Lines> {
    const lines = new Lines(known);
    for (const [to, port] of ports.entries()) {
      const server = createServer((near) => lines.join(near, to, port));
      lines.servers.push(server.listen(0, '127.0.0.1'));
      await new Promise((resolve) => server.once('listening', resolve));
    }
    return lines;
  }

  /** Where each member is reached through its line. */
  get ports(): readonly number[] {
    return this.servers.map((server) => (server.address() as AddressInfo).port);
  }

  /** Cuts these lines, those that come later included, and mends all others. */
  cut(which: Which): void {
    this.isCut = which;
    for (const each of this.joined) this.apply(each);
  }

  mend(): void {
    this.cut(() => false);
  }

  /** What passes on these lines from now on arrives later, in either direction. */
  delay(ms: (line: Line) => number): void {
    this.delayMs = ms;
  }

  /** Resets the connections that are there. */
  reset(which: Which): void {
    for (const { line, near, far } of this.joined) {
      if (!which(line)) continue;
      near.resetAndDestroy();
      far.destroy();
    }
  }

  close(): void {
    for (const server of this.servers) server.close();
    for (const { near, far } of this.joined) {
      near.destroy();
      far.destroy();
    }
  }

  private join(near: Socket, to: number, port: number): void {
    const from = openerOf(near, this.known());
    const far = connect(port, '127.0.0.1');
    const joined = { line: { from, to }, near, far };
    this.joined.add(joined);
    this.relay(joined.line, near, far);
    this.relay(joined.line, far, near);
    near.on('close', () => this.joined.delete(joined));
    this.apply(joined);
  }

  private relay(line: Line, from: Socket, to: Socket): void {
    let dueMs = 0;
    from.setNoDelay(true);
    from.on('data', (data) => {
      const nowMs = performance.now();
      // In the order in which it was sent, whatever the delay was then.
      dueMs = Math.max(dueMs, nowMs + this.delayMs(line));
      if (dueMs <= nowMs) to.write(data);
      else setTimeout(() => to.writable && to.write(data), dueMs - nowMs);
    });
    from.on('error', () => to.destroy());
    from.on('close', () => to.destroy());
  }

  private apply({ line, near, far }: Joined): void {
    for (const socket of [near, far]) {
      if (this.isCut(line)) socket.pause();
      else socket.resume();
    }
  }
}

/** Which of these processes has the other end of a connection; null: none of them, or no Linux. */
function openerOf({ remotePort, localPort }: Socket, pids: readonly number[]): number | null {
  const inode = inodeOf(remotePort ?? 0, localPort ?? 0);
  if (inode === null) return null;
  return pids.find((pid) => socketsOf(pid).has(`socket:[${inode}]`)) ?? null;
}

function inodeOf(localPort: number, remotePort: number): string | null {
  const hex = (port: number): string => `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  for (const row of textOf('/proc/net/tcp').split('\n')) {
    const [, local = '', remote = '', , , , , , , inode] = row.trim().split(/\s+/);
    const isIt = local.endsWith(hex(localPort)) && remote.endsWith(hex(remotePort));
    if (isIt) return inode ?? null;
  }
  return null;
}

function socketsOf(pid: number): ReadonlySet<string> {
  const folder = `/proc/${pid}/fd`;
  try {
    return new Set(readdirSync(folder).map((fd) => targetOf(`${folder}/${fd}`)));
  } catch {
    // It has ended.
    return new Set();
  }
}

function targetOf(link: string): string {
  try {
    return readlinkSync(link);
  } catch {
    return '';
  }
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
