import type { Command } from 'commander';
import type { Surroundings } from '../context.js';
import { addCheckpointCommand } from './checkpoint.js';
import { addCompareCommand } from './compare/compare.js';
import { addCopyCommand } from './copy.js';
import { addExportCommand } from './export.js';
import { addFingerprintCommand } from './fingerprint.js';
import { addFsckCommand } from './fsck.js';
import { addKeyCommands } from './keys.js';
import { addReplayCommand } from './replay.js';
import { addReportCommand } from './report/report.js';
import { addVerifyCommand } from './verify.js';
import { addWitnessCommand } from './witness/witness.js';

/** The commands of `oakring audit`, in the order of its help. */
export function addAuditSubcommands(audit: Command, surroundings: Surroundings): void {
  addVerifyCommand(audit, surroundings);
  addFingerprintCommand(audit, surroundings);
  addCompareCommand(audit, surroundings);
  addExportCommand(audit, surroundings);
  addCheckpointCommand(audit, surroundings);
  addReportCommand(audit, surroundings);
  addFsckCommand(audit, surroundings);
  addReplayCommand(audit, surroundings);
  addCopyCommand(audit, surroundings);
  addKeyCommands(audit, surroundings);
  addWitnessCommand(audit, surroundings);
}
