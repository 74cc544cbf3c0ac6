import assert from 'node:assert/strict';
import { PlanningProgress } from '../../../adapter/dap/planningProgress';
import type { PlanProgress } from '../../../adapter/engine/session';

describe('progress of planning', () => {
  let told: [event: string, body: object][];
  let progress: PlanningProgress;
  beforeEach(() => {
    told = [];
    progress = new PlanningProgress(
      (event, body) => told.push([event, body]),
      (tracepoint) => `a.c:${tracepoint}`,
    );
  });
  const at = (now: number, done: number, left: number, current = done + 1): void => {
    const work: PlanProgress | undefined = left > 0 ? { done, left, current } : undefined;
    progress.note(work, now);
  };

  it('is not told where it takes less than half a second', () => {
    at(1000, 0, 3);
    at(1400, 2, 1);
    at(1499, 3, 0);
    // Another one begins anew.
    at(1501, 0, 1);
    at(1900, 0, 1);
    at(1950, 1, 0);
    assert.deepEqual(told, []);
  });

  it('has a start, at most 10 updates a second that never go back, and an end', () => {
    at(0, 0, 4);
    at(500, 1, 3);
    at(550, 2, 2);
    at(600, 2, 2);
    at(700, 2, 6);
    at(800, 8, 0);
    const progressId = 'planning 1';
    assert.deepEqual(told, [
      [
        'progressStart',
        {
          progressId,
          title: 'Reading debug information',
          cancellable: true,
          message: '2 of 4: a.c:2',
          percentage: 25,
        },
      ],
      ['progressUpdate', { progressId, message: '3 of 4: a.c:3', percentage: 50 }],
      ['progressUpdate', { progressId, message: '3 of 8: a.c:3', percentage: 50 }],
      ['progressEnd', { progressId }],
    ]);
  });

  it('is under way by its own id alone, and only until its end', () => {
    at(0, 0, 1);
    assert.equal(progress.isUnderWay('planning 1'), false);
    at(500, 0, 1);
    assert.equal(progress.isUnderWay('planning 1'), true);
    assert.equal(progress.isUnderWay('planning 2'), false);
    at(600, 1, 0);
    assert.equal(progress.isUnderWay('planning 1'), false);
    at(700, 0, 1);
    at(1200, 0, 1);
    assert.equal(progress.isUnderWay('planning 2'), true);
  });
});
