import { describe, expect, it } from '@jest/globals';
import { validateSync } from 'class-validator';
import { flag, integer, listOf, nullable, oneOf, textOf } from './kinds.js';
import {
  Field,
  instanceOf,
  isOpenShape,
  mayBeLeftOut,
  namesOfShape,
  schemaOf,
  Shape,
  shaped,
  shapeNamed,
} from './shape.js';

@Shape({ name: 'SpecWheel', isOpen: true })
class Wheel {
  @Field(integer(1, 99))
  readonly spokes: number;
}

class Thing {
  @Field(textOf(8), { says: 'As people call it.', example: 'bike' })
  readonly name: string;
}

@Shape({ name: 'SpecVehicle' })
class Vehicle extends Thing {
  @Field(nullable(flag), { optional: true, default: false })
  readonly lit?: boolean | null;

  @Field(listOf(shaped(Wheel), { max: 2, items: 'wheels' }), { optional: true })
  readonly wheels?: readonly Wheel[];

  @Field(oneOf(['steel', 'wood'], 'constraint-unknown'), { when: ({ lit }) => lit === true })
  readonly frame?: 'steel' | 'wood';
}

function faults(given: Record<string, unknown>): string[] {
  return validateSync(instanceOf(Vehicle, given)).map(({ property }) => property);
}

describe('A field that is written down once', () => {
  it('is known by its name, those of what a document extends first', () => {
    expect(namesOfShape(Vehicle)).toEqual(['name', 'lit', 'wheels', 'frame']);
    expect(shapeNamed('SpecVehicle')).toBe(Vehicle);
    expect([isOpenShape(Wheel), isOpenShape(Vehicle)]).toEqual([true, false]);
    expect(mayBeLeftOut(Vehicle)).toBe(false);
  });

  it('is described, with what it may hold', () => {
    expect(schemaOf(Vehicle)).toEqual({
      type: 'object',
      properties: {
        name: {
          ...{ type: 'string', minLength: 1, maxLength: 8 },
          ...{ description: 'As people call it.', example: 'bike' },
        },
        lit: { type: ['boolean', 'null'], default: false },
        wheels: { type: 'array', items: { $ref: '#/components/schemas/SpecWheel' }, maxItems: 2 },
        frame: { type: 'string', enum: ['steel', 'wood'] },
      },
      required: ['name'],
    });
  });

  it.each([
    [{ name: 'bike' }, []],
    [{ name: 'bike', lit: null, wheels: [{ spokes: 3, tyre: 'red' }] }, []],
    [{ name: '' }, ['name']],
    [{}, ['name']],
    [{ name: 'bike', wheels: [{ spokes: 0 }] }, ['wheels']],
    [{ name: 'bike', wheels: [3] }, ['wheels']],
    [{ name: 'bike', wheels: [{ spokes: 1 }, { spokes: 1 }, { spokes: 1 }] }, ['wheels']],
    [{ name: 'bike', frame: 'glass' }, []],
    [{ name: 'bike', lit: true, frame: 'glass' }, ['frame']],
  ])('is checked (%j: %j)', (given, bad) => {
    expect(faults(given)).toEqual(bad);
  });
});
