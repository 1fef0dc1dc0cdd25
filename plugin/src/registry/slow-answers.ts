/**
 * Ends answers that would never end: bodies that hardly progress, and informational answers (HTTP 1xx), each of which
 * makes undici wait as long again for the answer itself.
 */
import type { Dispatcher } from 'undici';

/** A body that brings fewer bytes in this time is given up. */
export interface SlowestRate {
  readonly bytes: number;
  readonly ms: number;
}

/** A class of our own, so that its message can name the limit. */
export class AnswerTooSlow extends Error {
  readonly code = 'SEQMIRROR_SLOW';
}

// 100 Continue, 102 Processing and 103 Early Hints come once or twice.
const mostInformational = 16;

export function givingUpSlowAnswers(slowest: SlowestRate): Dispatcher.DispatcherComposeInterceptor {
  return (dispatch) => (options, handler) => dispatch(options, watched(handler, slowest));
}

function watched(handler: Dispatcher.DispatchHandler, { bytes, ms }: SlowestRate): Dispatcher.DispatchHandler {
  let timer: NodeJS.Timeout | undefined;
  let inStretch = 0;
  // While the data waits for us, none arrives, however fast the registry is.
  let isOurs = false;
  let informational = 0;

  const look = (controller: Dispatcher.DispatchController): void => {
    if (inStretch < bytes && !isOurs && !controller.paused) {
      clearInterval(timer);
      controller.abort(new AnswerTooSlow(`fewer than ${bytes} bytes arrived in ${ms / 1000} seconds`));
    }
    inStretch = 0;
    isOurs = controller.paused;
  };
  return {
    onRequestStart: (controller, context) => handler.onRequestStart?.(controller, context),
    onRequestUpgrade: (...facts) => handler.onRequestUpgrade?.(...facts),
    onResponseStart: (controller, status, headers, words) => {
      if (status >= 200) {
        clearInterval(timer);
        timer = setInterval(look, ms, controller).unref();
      } else if ((informational += 1) > mostInformational) {
        controller.abort(
          new AnswerTooSlow(`it sent ${informational} informational answers (HTTP 1xx) and no final answer`),
        );
        return;
      }
      handler.onResponseStart?.(controller, status, headers, words);
    },
    onResponseData: (controller, piece) => {
      inStretch += piece.length;
      handler.onResponseData?.(controller, piece);
      isOurs ||= controller.paused;
    },
    onResponseEnd: (controller, trailers) => {
      clearInterval(timer);
      handler.onResponseEnd?.(controller, trailers);
    },
    onResponseError: (controller, error) => {
      clearInterval(timer);
      handler.onResponseError?.(controller, error);
    },
  };
}
