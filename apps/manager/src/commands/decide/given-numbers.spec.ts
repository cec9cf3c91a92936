import { describe, expect, it } from '@jest/globals';
import { clusterKey, type ClusterState } from '@oakring/model';
import {
  ack,
  acknowledgeAll,
  commandTo,
  given,
  orderInstance,
  plan,
  ready,
  registerNode,
  submitJob,
  type Given,
} from '../../testing/given.js';

const end = (instance: number, id = 'r') =>
  ({ type: 'EndInstance', id, instance, root: null }) as const;
const obey = (id = 'r') => ({ type: 'ObeyDismissal', id }) as const;
const took = (root: string) => ({ type: 'RecordRoot', root }) as const;
const dismiss = (id = 'r') => ({ type: 'DismissJob', id }) as const;

function numbersOf(cluster: Given, job = 'r'): number[] {
  const keys = [...cluster.state.instancesOfJob.of(job)];
  return keys.map((key) => Number(key.split('/')[1])).sort((a, b) => a - b);
}

/** Instances of these numbers run on node a. */
function running(...numbers: number[]): Given {
  const cluster = given(...ready('a'), ...numbers.map((number) => orderInstance('r', number)));
  cluster.when(plan('r', ...numbers.map(() => 'a')));
  acknowledgeAll(cluster);
  return cluster;
}

describe('an instance that a root orders', () => {
  it('begins a job that has this number and no other', () => {
    const cluster = given();
    const { types, events, decided } = cluster.when(orderInstance('r', 3));
    expect(types).toEqual(['JobSubmitted', 'JobScaled']);
    expect(events[0]?.data).toMatchObject({ id: 'r', desired: 0, numbering: 'given' });
    expect(events[1]?.data).toEqual({ desired: 1, added: [3], removed: [] });
    expect(decided).toEqual({ answer: { id: 'r', position: 1 } });
    expect(numbersOf(cluster)).toEqual([3]);
  });

  it('joins those that are there, holes and all', () => {
    const cluster = given(orderInstance('r', 0), orderInstance('r', 7));
    expect(cluster.when(orderInstance('r', 3)).types).toEqual(['JobScaled']);
    expect(numbersOf(cluster)).toEqual([0, 3, 7]);
    expect(cluster.state.jobs.get('r')?.desired).toBe(3);
  });

  it('is there already when the order comes again', () => {
    const cluster = running(0);
    expect(cluster.when(orderInstance('r', 0)).types).toEqual([]);
    expect(cluster.state.instances.get('r/0')?.status).toBe('running');
  });

  it('runs the document that its job began with, and that it came with another is on record', () => {
    const cluster = given(orderInstance('r', 0));
    const { types } = cluster.when(orderInstance('r', 1, { image: 'other:2' }));
    expect(types).toEqual(['JobUpdateRefused', 'JobScaled']);
    expect(cluster.state.jobs.get('r')?.document).toMatchObject({ image: 'web:1' });
    expect(cluster.when(orderInstance('r', 1, { image: 'other:2' })).types).toEqual([]);
  });

  it('is refused under the id of a job that was submitted here', () => {
    const cluster = given(submitJob('r'));
    const { types, decided } = cluster.when(orderInstance('r', 0));
    expect(types).toEqual(['JobSubmissionRefused']);
    expect(decided).toMatchObject({ refusal: { code: 'job-id-taken' } });
  });

  it('goes on after the generations that its number had before', () => {
    const cluster = running(0);
    cluster.when(end(0));
    cluster.when({ type: 'OrderStops', placements: ['r/0/1'] });
    cluster.when(ack('a', commandTo(cluster, 'a', 'delete'), 'succeeded'));
    expect(cluster.state.jobs.get('r')).toBeUndefined();
    cluster.when(orderInstance('r', 0));
    cluster.when(plan('r', 'a'));
    expect(cluster.state.placements.get('r/0/2')).toBeDefined();
  });

  it('makes a job live again that is being deleted', () => {
    const cluster = running(0);
    cluster.when(dismiss());
    cluster.when(obey());
    cluster.when(orderInstance('r', 1));
    expect(cluster.state.jobs.get('r')).toMatchObject({ status: 'active', desired: 1 });
    expect(cluster.state.instances.get('r/0')?.removing).toBe(true);
  });
});

describe('an instance of a document that nobody can place', () => {
  const refused = { code: 'service-unusable', detail: 'It cannot be placed: so.' };

  it('waits with the reason from its first moment', () => {
    const cluster = given(...ready('a'));
    const body = { numbering: 'given', refused };
    expect(cluster.when(orderInstance('r', 0, body)).types).toEqual([
      ...['JobSubmitted', 'JobScaled', 'PlacementRefused'],
    ]);
    const instance = cluster.state.instances.get('r/0');
    expect(instance).toMatchObject({ status: 'pending', reason: refused.detail, refused });
    expect(cluster.when(plan('r', 'a')).types).toEqual([]);
  });
});

describe('an instance whose number no worker could take', () => {
  const body = { numbering: 'given', numbersBelow: 10 };
  const reasonOf = (cluster: Given, key: string) => cluster.state.instances.get(key)?.reason;

  it('waits with the reason, whatever the others wait for, which are placed', () => {
    const cluster = given(
      ...[
        ...ready('a'),
        ...ready('b'),
        ...[9, 10, 8].map((each) => orderInstance('r', each, body)),
      ],
    );
    expect(cluster.state.instances.get('r/10')).toMatchObject({
      ...{ status: 'pending', refused: { code: 'service-unusable' } },
      reason: expect.stringContaining('only numbers below 10'),
    });
    const said = reasonOf(cluster, 'r/10');
    cluster.when({ type: 'RefusePlacement', id: 'r', code: 'no-capacity', detail: 'No room.' });
    expect(['r/8', 'r/9', 'r/10'].map((key) => reasonOf(cluster, key))).toEqual([
      ...['No room.', 'No room.', said],
    ]);
    cluster.when(plan('r', 'a', 'a', 'b'));
    expect([...cluster.state.placements.values()].map(({ number }) => number)).toEqual([8, 9]);
  });

  it('is told so when its document is corrected otherwise', () => {
    const refused = { code: 'service-unusable', detail: 'It cannot be placed: so.' };
    const bad = { ...body, refused };
    const cluster = given(...ready('a'), orderInstance('r', 1, bad), orderInstance('r', 10, bad));
    expect(reasonOf(cluster, 'r/10')).toBe(refused.detail);
    cluster.when(orderInstance('r', 2, body));
    expect(reasonOf(cluster, 'r/10')).toMatch(/only numbers below 10/);
  });
});

describe('a document that its root corrects', () => {
  const refused = { code: 'service-unusable', detail: 'It cannot be placed: so.' };
  const bad = { numbering: 'given', refused };

  it('is taken for all that waits, as long as nobody could place it', () => {
    const cluster = given(...ready('a'), orderInstance('r', 0, { ...bad, name: 'r' }));
    const corrected = cluster.when(orderInstance('r', 1, { image: 'web:2' }));
    expect(corrected.types).toEqual(['JobUpdated', 'JobScaled']);
    cluster.when(plan('r', 'a', 'a'));
    expect([...cluster.state.placements.values()].map(({ number }) => number)).toEqual([0, 1]);
    expect(cluster.state.givenOfName.inOrder('web')).toEqual(['r']);
    expect(cluster.state.givenOfName.inOrder('r')).toEqual([]);
  });

  it('may be wrong again, which is told to all', () => {
    const cluster = given(orderInstance('r', 0, bad));
    const detail = 'It cannot be placed: otherwise.';
    const again = { numbering: 'given', refused: { ...refused, detail } };
    cluster.when(orderInstance('r', 1, again));
    const reasons = [...cluster.state.instances.values()].map(({ reason }) => reason);
    expect(reasons).toEqual([detail, detail]);
  });
});

describe('an instance that a root ends', () => {
  it('goes, and no other with it', () => {
    const cluster = running(0, 3);
    const { types, events } = cluster.when(end(0));
    expect(types).toEqual(['JobScaled']);
    expect(events[0]?.data).toEqual({ desired: 1, added: [], removed: [0] });
    expect(cluster.state.instances.get('r/3')?.status).toBe('running');
  });

  it('ends its job where it was the last one, once nothing of it is left', () => {
    const cluster = running(0);
    expect(cluster.when(end(0)).types).toEqual(['JobScaled']);
    cluster.when({ type: 'OrderStops', placements: ['r/0/1'] });
    const { types } = cluster.when(ack('a', commandTo(cluster, 'a', 'delete'), 'succeeded'));
    expect(types).toContain('JobEnded');
  });

  it('ends its job where the last one was on a node that is forgotten', () => {
    const cluster = running(0);
    cluster.when(end(0));
    const order = { do: 'forget', reason: 'it is scrap', force: true } as const;
    expect(cluster.when({ type: 'OrderNode', id: 'a', order }).types).toContain('JobEnded');
    expect(cluster.state.jobs.get('r')).toBeUndefined();
  });

  it('ends its job at once where nothing was placed', () => {
    expect(given(orderInstance('r', 5)).when(end(5)).types).toEqual(['JobScaled', 'JobEnded']);
  });

  it.each([
    ['of a job that nobody knows', end(0, 'unknown')],
    ['of a number that is not there', end(9)],
    ['of a job that was submitted here', end(0, 'native')],
  ])('%s is no news', (_, command) => {
    const cluster = given(submitJob('native'), orderInstance('r', 0));
    expect(cluster.when(command)).toMatchObject({ types: [], decided: { answer: null } });
  });

  it('is ended once, however often it is ordered', () => {
    const cluster = running(0, 1);
    cluster.when(end(0));
    expect(cluster.when(end(0)).types).toEqual([]);
  });
});

describe('a job that a root dismisses', () => {
  it('goes on until the root is known to remember us, and then ends with all its numbers', () => {
    const cluster = running(0, 3);
    expect(cluster.when(dismiss()).types).toEqual(['JobDismissed']);
    expect(cluster.when(dismiss()).types).toEqual([]);
    expect(cluster.state.instances.get('r/0')).toMatchObject({ status: 'running' });
    expect(cluster.when(obey()).types).toEqual(['JobDeletionOrdered']);
    expect([...cluster.state.instances.values()].every(({ removing }) => removing)).toBe(true);
    expect(cluster.when(obey()).types).toEqual([]);
    expect(cluster.when(dismiss()).types).toEqual([]);
  });

  it('goes on where it was not dismissed, or ordered again since', () => {
    const cluster = running(0);
    expect(cluster.when(obey()).types).toEqual([]);
    cluster.when(dismiss());
    cluster.when(orderInstance('r', 1));
    expect(cluster.when(obey()).types).toEqual([]);
  });

  it('is none that was submitted here, and none that nobody knows', () => {
    const cluster = given(submitJob('native'));
    expect(cluster.when(dismiss('native')).types).toEqual([]);
    expect(cluster.when(dismiss('unknown')).types).toEqual([]);
  });
});

function founded(...numbers: number[]): Given {
  const cluster = running(...numbers);
  const facts = { clusterId: 'c-1', name: 'n', location: 'l', epoch: 1, storm: null };
  (cluster.state as ClusterState).cluster.set(clusterKey, {
    ...facts,
    catalogue: null,
    root: null,
    restored: null,
    keyEvents: 0,
    unheardSince: null,
  });
  return cluster;
}

describe('a root', () => {
  it('is known by the id that it gives us, from what it ordered before on', () => {
    const cluster = founded(0);
    expect(cluster.when(took('first')).types).toEqual(['RootRegistered']);
    expect(cluster.when(took('first')).types).toEqual([]);
    expect(cluster.state.jobs.get('r')?.root).toBe('first');
  });

  it('that gives another id has forgotten what it ordered: that goes on, whatever it asks for', () => {
    const cluster = founded(0);
    cluster.when(took('first'));
    cluster.when(dismiss());
    const { types, events } = cluster.when(took('second'));
    expect(types).toEqual(['RootForgot']);
    expect(events[0]?.data).toEqual({ former: 'first', root: 'second', jobs: 1 });
    expect(cluster.when(obey()).types).toEqual([]);
    expect(cluster.when(dismiss()).types).toEqual([]);
    expect(cluster.state.instances.get('r/0')).toMatchObject({ status: 'running' });
  });

  it('that had another id already when it ordered is not of before: its jobs are those of who it is now', () => {
    const cluster = founded(0);
    cluster.when(took('first'));
    const since = cluster.history.at(-1)?.position;
    cluster.when(orderInstance('s', 0, { name: 's' }));
    const { events } = cluster.when({
      ...took('second'),
      ...(since === undefined ? {} : { since }),
    });
    expect(events[0]?.data).toEqual({ former: 'first', root: 'second', jobs: 1, since });
    expect(cluster.state.jobs.get('r')?.root).toBe('first');
    expect(cluster.state.jobs.get('s')?.root).toBe('second');
  });

  it('that may have forgotten a job while it answered ends none by not knowing it', () => {
    const cluster = orderedMeanwhile();
    expect(cluster.when(dismiss('s')).types).toEqual(['JobDismissed']);
    expect(cluster.state.jobs.get('s')).toMatchObject({ root: 'first', dismissed: false });
    expect(cluster.when(obey('s')).types).toEqual([]);
    expect(cluster.when(dismiss('s')).types).toEqual([]);
    expect(cluster.state.instances.get('s/0')?.removing).toBe(false);
  });

  it.each([
    ['ordered another number', orderInstance('s', 2, { name: 's' })],
    ['ended a number', end(1, 's')],
  ])('that has %s of such a job since knows it, and ends it', (_, said) => {
    const cluster = orderedMeanwhile();
    cluster.when(said);
    cluster.when(dismiss('s'));
    expect(cluster.when(obey('s')).types).toContain('JobDeletionOrdered');
  });

  describe('whose order is decided only after it was found to have lost its memory', () => {
    /** The root was `first` as it came, and is `second` as it is decided. */
    const late = (id: string, number: number) =>
      ({ ...orderInstance(id, number, { name: id }), root: 'first' }) as const;
    function forgotten(): Given {
      const cluster = founded(0);
      cluster.when(took('first'));
      cluster.when(took('second'));
      return cluster;
    }

    it('may be of before: not to know the job ends none of it', () => {
      const cluster = forgotten();
      cluster.when(late('s', 0));
      expect(cluster.state.jobs.get('s')).toMatchObject({ root: 'second', formerRoot: 'first' });
      expect(cluster.when(dismiss('s')).types).toEqual(['JobDismissed']);
      expect(cluster.when(obey('s')).types).toEqual([]);
      expect(cluster.state.instances.get('s/0')?.removing).toBe(false);
    });

    it('takes no job of before with it that goes on', () => {
      const cluster = forgotten();
      cluster.when({ ...orderInstance('r', 4), root: 'first' });
      cluster.when(dismiss());
      expect(cluster.when(obey()).types).toEqual([]);
      expect(cluster.state.jobs.get('r')).toMatchObject({ root: 'first', dismissed: false });
    });

    it('ends the number that it says, and speaks for no other', () => {
      const cluster = forgotten();
      for (const number of [0, 1]) cluster.when(late('s', number));
      cluster.when({ ...end(1, 's'), root: 'first' });
      expect(cluster.state.instances.get('s/1')).toBeUndefined();
      cluster.when(dismiss('s'));
      expect(cluster.when(obey('s')).types).toEqual([]);
    });
  });

  it('that orders something again remembers it again', () => {
    const cluster = founded(0);
    cluster.when(took('first'));
    cluster.when(took('second'));
    cluster.when(orderInstance('r', 4));
    cluster.when(orderInstance('new', 0));
    expect(cluster.state.jobs.get('r')?.root).toBe('second');
    expect(cluster.state.jobs.get('new')?.root).toBe('second');
  });
});

/** Job `s`, while a root was asked that knows us by another id since. */
function orderedMeanwhile(): Given {
  const cluster = founded(0);
  cluster.when(took('first'));
  const since = cluster.history.at(-1)?.position ?? 0;
  for (const number of [0, 1]) cluster.when(orderInstance('s', number, { name: 's' }));
  cluster.when({ ...took('second'), since });
  return cluster;
}

describe('a job of a root', () => {
  it.each([
    ['scaled', { type: 'ScaleJob', id: 'r', count: 1 }, 'JobScaleRefused'],
    ['deleted', { type: 'DeleteJob', id: 'r' }, 'JobDeletionRefused'],
    [
      'updated',
      { ...submitJob('r', { image: 'other:2' }), type: 'UpdateJob', ifPosition: null },
      'JobUpdateRefused',
    ],
    // Only its root gives numbers.
    [
      'scaled up, by force',
      { type: 'ScaleJob', id: 'r', count: 5, force: true },
      'JobScaleRefused',
    ],
  ] as const)('is not %s here', (_, command, refused) => {
    const { types, decided } = running(0, 3).when(command);
    expect(types).toEqual([refused]);
    expect(decided).toMatchObject({ refusal: { code: 'job-of-root' } });
  });

  it('is scaled down and deleted where it is forced', () => {
    const cluster = running(0, 3);
    cluster.when({ type: 'ScaleJob', id: 'r', count: 1, force: true });
    expect(cluster.state.instances.get('r/3')?.removing).toBe(true);
    cluster.when({ type: 'DeleteJob', id: 'r', force: true });
    expect(cluster.state.jobs.get('r')?.status).toBe('deleting');
  });

  it.each([
    ['its root', 'first'],
    ['the first root that takes us in', null],
  ])('ended by force is to be told to %s, however many numbers it had', (_, by) => {
    const cluster = founded();
    for (let number = 0; number < 1_200; number += 1) cluster.when(orderInstance('r', number));
    if (by !== null) cluster.when(took(by));
    cluster.when({ type: 'ScaleJob', id: 'r', count: 1_199, force: true });
    cluster.when({ type: 'DeleteJob', id: 'r', force: true });
    cluster.when(took('first'));
    const ended = [...cluster.state.parted.values()].map(({ key }) => key);
    expect(ended).toHaveLength(1_200);
    cluster.when({ type: 'RecordRootTold', instances: ended });
    expect(cluster.state.parted.size).toBe(0);
  });

  it('is restarted here like any other', () => {
    expect(running(0).when({ type: 'RestartJob', id: 'r' }).types).toEqual(['JobUpdated']);
  });
});

describe('a job that is called like another one of its root', () => {
  const second = (number: number) => orderInstance('s', number, { name: 'web' });

  it('waits until the other one has ended', () => {
    const cluster = running(0);
    cluster.when(second(0));
    expect(cluster.when(plan('s', 'a')).types).toEqual([]);
    cluster.when(end(0));
    expect(cluster.when(plan('s', 'a')).types).toEqual([]);
    cluster.when({ type: 'OrderStops', placements: ['r/0/1'] });
    cluster.when(ack('a', commandTo(cluster, 'a', 'delete'), 'succeeded'));
    expect(cluster.when(plan('s', 'a')).types).toContain('InstancesPlaced');
  });

  it('does not wait for a node that nobody hears, and goes to none that may have the other one', () => {
    const cluster = running(0);
    for (const command of ready('b')) cluster.when(command);
    cluster.when(end(0));
    cluster.when(second(0));
    for (const seen of ['silent', 'disconnected'] as const) {
      cluster.when({ type: 'ObserveNode', nodeId: 'a', incarnation: 1, seen, reason: 'silent' });
    }
    expect(cluster.when(plan('s', 'b')).types).toContain('InstancesPlaced');
    cluster.when(second(1));
    cluster.when(registerNode('a', { acknowledges: true }));
    cluster.when({ type: 'ObserveNode', nodeId: 'a', incarnation: 1, seen: 'alive', reason: 'x' });
    const { decided } = cluster.when(plan('s', 'a'));
    expect(decided).toMatchObject({ answer: { placed: 0 } });
  });

  it('is not moved to where the other one may be', () => {
    const cluster = running(0);
    for (const id of ['b', 'c']) for (const command of ready(id)) cluster.when(command);
    cluster.when(end(0));
    for (const seen of ['silent', 'disconnected'] as const) {
      cluster.when({ type: 'ObserveNode', nodeId: 'a', incarnation: 1, seen, reason: 'silent' });
    }
    cluster.when(second(0));
    cluster.when(plan('s', 'b'));
    acknowledgeAll(cluster);
    cluster.when(registerNode('a'));
    const move = (nodeId: string) =>
      cluster.when({
        ...({ type: 'MoveInstance', id: 's', instance: 0, generation: 1, basis: null } as const),
        target: { nodeId, reason: 'r', total: 1, scores: {} },
      }).decided;
    expect(move('a')).toMatchObject({ refusal: { code: 'worker-does-not-fit' } });
    expect(move('c')).toMatchObject({ answer: { nodeId: 'c' } });
  });

  it('is not in the way of the first one', () => {
    const cluster = running(0);
    cluster.when(second(0));
    cluster.when(orderInstance('r', 1));
    expect(cluster.when(plan('r', 'a')).types).toContain('InstancesPlaced');
  });
});
