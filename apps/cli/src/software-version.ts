import { readFileSync } from 'node:fs';
import { isObject } from '@oakring/contracts';

/** From the package.json above this file, in the source tree and in the built one. */
export function softwareVersion(): string {
  for (const above of ['../../../', '../../../../']) {
    try {
      const text = readFileSync(new URL(`${above}package.json`, import.meta.url), 'utf8');
      const parsed: unknown = JSON.parse(text);
      if (isObject(parsed) && parsed['name'] === 'oakring') return String(parsed['version']);
    } catch {
      // Not this far up.
    }
  }
  return '0.0.0';
}
