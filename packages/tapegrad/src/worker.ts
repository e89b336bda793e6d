/** The worker of threads: see `startWorkersWith`. */
import "@tapegrad/compile/worker";
