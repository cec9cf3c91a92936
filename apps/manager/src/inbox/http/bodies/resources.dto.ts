import { isObject } from '@oakring/contracts';
import { IsOptional } from 'class-validator';
import { IsWholeNumber } from '@oakring/http';

/** 65 536 cores and 1 PiB, as the contract has it. */
const maxCpuMillis = 65_536_000;
const maxMemoryMiB = 1_073_741_824;

export class ResourcesDto {
  @IsOptional()
  @IsWholeNumber(0, maxCpuMillis)
  cpuMillis?: unknown;

  @IsOptional()
  @IsWholeNumber(0, maxMemoryMiB)
  memoryMiB?: unknown;

  /** Anything but an object is left as it is, for the rule that wants one. */
  static of(value: unknown): unknown {
    if (!isObject(value)) return value;
    const resources = new ResourcesDto();
    resources.cpuMillis = value['cpuMillis'];
    resources.memoryMiB = value['memoryMiB'];
    return resources;
  }
}
