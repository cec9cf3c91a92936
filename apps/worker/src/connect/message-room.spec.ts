import { beforeEach, describe, expect, it } from '@jest/globals';
import { maxMqttPayloadBytes } from '@oakring/contracts/native';
import { MessageRoom } from './message-room.js';

let room: MessageRoom;
beforeEach(() => {
  room = new MessageRoom();
});

describe('The room of a message', () => {
  it('is halved at each link that ends early with a large one on its way', () => {
    room.sent(60_000);
    room.ended(true);
    expect(room.mostBytes).toBe(30_000);
    room.sent(29_000);
    room.ended(true);
    expect(room.mostBytes).toBe(14_500);
  });

  it('never falls below what was confirmed, or what every broker takes', () => {
    room.sent(12_000);
    room.confirmed(12_000);
    room.sent(20_000);
    room.ended(true);
    expect(room.mostBytes).toBe(12_000);
    const other = new MessageRoom();
    other.sent(5_000);
    other.ended(true);
    expect(other.mostBytes).toBe(4_096);
  });

  it('stays as it is where a link ended late, or had nothing large on its way', () => {
    room.sent(60_000);
    room.ended(false);
    room.sent(500);
    room.ended(true);
    room.sent(50_000);
    room.confirmed(50_000);
    room.ended(true);
    expect(room.mostBytes).toBe(maxMqttPayloadBytes);
  });
});
