import { appendFile, mkdir, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { Logger } from '@nestjs/common';
import { DeadLetter, hasFieldsOf } from '@oakring/contracts/http';
import type { Ports } from '@oakring/ports';

/** A full file is set aside as the one before; the one before that is dropped. */
const maxFileBytes = 8 * 1_048_576;
/** Lines that wait to be written; further ones are kept in memory only. */
const maxWaitingBytes = 4 * 1_048_576;
const writeAfterMs = 200;

/**
 * Dead letters on disk, one JSON line each, so that a restart still shows them. Best effort: written
 * in the background, and a disk that is full costs letters, never a message.
 */
export class LetterFile {
  private readonly logger = new Logger(LetterFile.name);
  private waiting: string[] = [];
  private waitingBytes = 0;
  private writing: Promise<void> | null = null;
  private failed = false;

  private constructor(
    private readonly folder: string,
    private fileBytes: number,
    private readonly ports: Ports,
  ) {}

  /** The file and what it holds, oldest first. Lines that a crash left unfinished are passed over. */
  static async open(folder: string, ports: Ports): Promise<[LetterFile, DeadLetter[]]> {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const before = await readIfThere(previousPath(folder));
    const current = await readIfThere(currentPath(folder));
    const letters = `${before}\n${current}`.split('\n').flatMap(letterOf);
    const file = new LetterFile(folder, Buffer.byteLength(current), ports);
    // An unfinished last line must not swallow the next one.
    if (current !== '' && !current.endsWith('\n')) file.waiting.push('');
    return [file, letters];
  }

  append(letter: DeadLetter): void {
    if (this.waitingBytes > maxWaitingBytes) return;
    const line = JSON.stringify(letter);
    this.waiting.push(line);
    this.waitingBytes += Buffer.byteLength(line);
    this.writing ??= this.ports.timers.sleep(writeAfterMs).then(() => this.write());
  }

  /** Writes what waits. */
  async close(): Promise<void> {
    await this.writing;
    await this.write();
  }

  private async write(): Promise<void> {
    const lines = this.waiting;
    this.waiting = [];
    this.waitingBytes = 0;
    try {
      if (lines.length > 0) await this.writeLines(`${lines.join('\n')}\n`);
      this.failed = false;
    } catch (error) {
      if (!this.failed) this.logger.warn(`dead letters cannot be written: ${String(error)}`);
      this.failed = true;
    }
    this.writing = this.waiting.length === 0 ? null : this.write();
  }

  private async writeLines(text: string): Promise<void> {
    if (this.fileBytes > maxFileBytes) {
      await rename(currentPath(this.folder), previousPath(this.folder));
      this.fileBytes = 0;
    }
    await appendFile(currentPath(this.folder), text, { mode: 0o600 });
    this.fileBytes += Buffer.byteLength(text);
  }
}

function currentPath(folder: string): string {
  return join(folder, 'dead-letters.ndjson');
}

function previousPath(folder: string): string {
  return join(folder, 'dead-letters.before.ndjson');
}

async function readIfThere(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch {
    return '';
  }
}

function letterOf(line: string): DeadLetter[] {
  try {
    const value: unknown = JSON.parse(line);
    return hasFieldsOf(DeadLetter, value) ? [value] : [];
  } catch {
    return [];
  }
}
