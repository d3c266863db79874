/* SPDX-License-Identifier: BSD-3-Clause */
/* MPI_Wtime and MPI_Wtick: seconds, never backwards, as fast as a real clock, a sensible tick. */
#include <unistd.h>
#include "mpitest.h"

int main(int argc, char **argv)
{
    mt_start(&argc, &argv, 1);

    const double tick = MPI_Wtick();
    double last = MPI_Wtime();

    CHECK(tick > 0.0 && tick <= 1e-3, "Wtick is %g s", tick);
    for (int i = 0; i < 100000; i++) {
        const double t = MPI_Wtime();

        CHECK(t >= last, "Wtime went back from %.9f to %.9f", last, t);
        last = t;
    }

    /* It advances with the system's clock, which is read outside of it and then inside. */
    const double outer0 = mt_now(), t0 = MPI_Wtime(), inner0 = mt_now();

    usleep(50000);

    const double inner1 = mt_now(), t1 = MPI_Wtime(), outer1 = mt_now();
    const double slack = 1e-3 * (outer1 - outer0) + 2 * tick; /* clocks may be disciplined apart */

    CHECK(t1 - t0 >= inner1 - inner0 - slack && t1 - t0 <= outer1 - outer0 + slack,
          "Wtime advanced %.9f s, the system's clock between %.9f and %.9f s", t1 - t0,
          inner1 - inner0, outer1 - outer0);
    return mt_end();
}
