import { natural, text, textOf } from './kinds.js';
import { Field, Shape } from './shape.js';

/** The body of `POST /api/node/register`: what Oakestra's workers say of themselves, and of it what must be there. */
@Shape({ isOpen: true, example: { host: 'edge-1', ip: '10.0.0.7', vcpus: 4, memory: 3_000 } })
export class OakestraWorker {
  @Field(textOf(256))
  readonly host: string;

  @Field(natural, { says: 'Cores.' })
  readonly vcpus: number;

  @Field(natural, { says: 'What is free, MB.' })
  readonly memory: number;
}

@Shape()
export class OakestraWorkerAnswer {
  @Field(text, { says: '24 hexadecimal digits.' })
  readonly id: string;

  @Field(text, { says: 'Port of the broker, on the host that was asked.' })
  readonly MQTT_BROKER_PORT: string;
}
