import fc from 'fast-check';
import { parseChallenges } from './challenge';

describe('parseChallenges', () => {
  it.each([
    ['Basic realm="Registry"', [{ scheme: 'basic', parameters: { realm: 'Registry' } }]],
    [
      'Bearer realm="https://auth.example/token",service="reg",scope="repository:a/b:pull,push"',
      [
        {
          scheme: 'bearer',
          parameters: { realm: 'https://auth.example/token', service: 'reg', scope: 'repository:a/b:pull,push' },
        },
      ],
    ],
    [
      'Bearer Realm = "a" , error=invalid_token',
      [{ scheme: 'bearer', parameters: { realm: 'a', error: 'invalid_token' } }],
    ],
    [
      'Negotiate, Basic realm="x"',
      [
        { scheme: 'negotiate', parameters: {} },
        { scheme: 'basic', parameters: { realm: 'x' } },
      ],
    ],
    ['Basic realm="say \\"hi\\", all"', [{ scheme: 'basic', parameters: { realm: 'say "hi", all' } }]],
    ['Basic', [{ scheme: 'basic', parameters: {} }]],
    ['', []],
    ['="x"', []],
    ['Basic realm="open', [{ scheme: 'basic', parameters: {} }]],
  ])('reads %s', (header, challenges) => {
    expect(
      parseChallenges(header).map(({ scheme, parameters }) => ({ scheme, parameters: { ...parameters } })),
    ).toMatchObject(challenges);
  });

  it('ends, whatever is sent', () => {
    fc.assert(fc.property(fc.string({ maxLength: 200 }), (header) => Array.isArray(parseChallenges(header))));
  });
});
