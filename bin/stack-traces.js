// @ts-check
import { readFileSync } from 'node:fs';
import { SourceMap } from 'node:module';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * Stack traces name our sources, which the files of a folder were bundled of. Their maps are read once there is such
 * a trace: Node's own `--enable-source-maps` reads each with its file, and that took a quarter of a start.
 *
 * @param {URL} folder
 */
export function nameSources(folder) {
  const root = fileURLToPath(new URL('../../', folder));
  const { href } = folder;
  /** @type {Map<string, SourceMap>} */
  const maps = new Map();

  /** @param {string} file */
  function mapOf(file) {
    const known = maps.get(file);
    if (known !== undefined) return known;
    const map = new SourceMap(JSON.parse(readFileSync(`${file}.map`, 'utf8')));
    maps.set(file, map);
    return map;
  }

  /** @param {string} frame */
  function named(frame) {
    const start = frame.indexOf(href);
    const place = /^(.*\.js):(\d+):(\d+)/.exec(start === -1 ? '' : frame.slice(start));
    if (place === null) return frame;
    const [all, url = '', line, column] = place;
    try {
      const found = mapOf(fileURLToPath(url)).findEntry(Number(line) - 1, Number(column) - 1);
      // What is found on a line before is the end of something else: packages have no maps.
      if (!('originalSource' in found) || found.generatedLine !== Number(line) - 1) return frame;
      const source = fileURLToPath(new URL(found.originalSource, url));
      const told = `${relative(root, source)}:${found.originalLine + 1}:${found.originalColumn + 1}`;
      return frame.slice(0, start) + told + frame.slice(start + all.length);
    } catch {
      // Without its map: as it is.
      return frame;
    }
  }

  Error.prepareStackTrace = (error, frames) =>
    [headOf(error), ...frames.map((frame) => `    at ${named(String(frame))}`)].join('\n');
}

/** @param {unknown} error */
function headOf(error) {
  try {
    return Error.prototype.toString.call(error);
  } catch {
    return 'Error';
  }
}
