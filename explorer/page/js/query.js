// Part 11: which of all that was asked for.
const one = targets.length === 1 ? targets[0] : null;
if (request.job === "discover") return discover();
if (request.job === "fingerprints") return fingerprints();
if (request.job === "endAim") return hooks?.endAim() ?? null; // the target may be gone by now
const answers = {
  findClickPoint: [findClickPoint, null],
  reveal: [reveal, 0],
  describe: [describeNow, null],
  fingerprint: [fingerprintAmongOthers, null],
  scrollContainers: [scrollContainers, false],
  selector: [(el) => selectorFor(el, catalogue()), null],
  middle: [middleOf, null],
  frame: [frameOf, null],
  covers: [coversOf, null],
  staysIn: [staysIn, null],
  hitsBesideCorner: [hitsBesideCorner, false],
  aim: [(el) => (hooks?.aimAt(el), true), false],
};
const [answer, missing] = answers[request.job];
if (!targets.length && hooks?.hasClosedRoots()) return { retry: true };
return one ? answer(one) : missing;
