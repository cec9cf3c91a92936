import { isObject } from '@oakring/contracts';
import { IsIn, ValidateIf } from 'class-validator';
import { IsIdentifier, IsText, rule } from '@oakring/http';

export class ConstraintDto {
  @IsIn(['direct', 'architecture'], {
    ...rule('not one of direct, architecture', { code: 'constraint-unknown' }),
  })
  type?: unknown;

  @ValidateIf(({ type }: ConstraintDto) => type === 'direct')
  @IsIdentifier()
  node?: unknown;

  @ValidateIf(({ type }: ConstraintDto) => type === 'architecture')
  @IsText(64)
  architecture?: unknown;

  static listOf(value: unknown): unknown {
    return Array.isArray(value) ? value.map((entry) => ConstraintDto.of(entry)) : value;
  }

  private static of(entry: unknown): unknown {
    if (!isObject(entry)) return entry;
    const constraint = new ConstraintDto();
    constraint.type = entry['type'];
    constraint.node = entry['node'];
    constraint.architecture = entry['architecture'];
    return constraint;
  }
}
