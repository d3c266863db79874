/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One message of 64 MiB, and one with an odd size and unaligned buffers; sent and received by calls
 * of every kind. An argument sets another size in MiB.
 */
#include "mpitest.h"

int main(int argc, char **argv)
{
    mt_start(&argc, &argv, 2);

    const size_t mib = argc > 1 ? (size_t)atoi(argv[1]) : 64;
    const size_t bytes = mib << 20;

    CHECK(mib >= 1 && mib < 2048, "the size must be 1 to 2047 MiB, not %s", argv[1]);
    for (int odd = 0; odd < 2; odd++) {
        const size_t shift = odd ? 3 : 0, length = bytes - (odd ? 12345 : 0);

        if (mt_rank == 0) {
            unsigned char *out = mt_alloc(bytes);

            mt_fill(out + shift, length - shift, (unsigned)odd);
            if (odd) {
                MPI_Request request;

                MPI_Isend(out + shift, (int)(length - shift), MPI_BYTE, 1, 7, MPI_COMM_WORLD,
                          &request);
                MPI_Wait(&request, MPI_STATUS_IGNORE);
            } else {
                MPI_Send(out, (int)length, MPI_BYTE, 1, 7, MPI_COMM_WORLD);
            }
            CHECK_FILLED(out + shift, length - shift, (unsigned)odd, "send buffer");
            free(out);
        } else if (mt_rank == 1) {
            unsigned char *in = mt_alloc(bytes + 64);
            MPI_Status status;

            in[length - shift + 1] = 0x77;
            if (odd) {
                MPI_Request request;

                MPI_Irecv(in + 1, (int)(length - shift), MPI_BYTE, 0, 7, MPI_COMM_WORLD, &request);
                MPI_Wait(&request, &status);
                CHECK_EQ(in[length - shift + 1], 0x77, "byte after the message");
            } else {
                MPI_Recv(in + 1, (int)(length - shift), MPI_BYTE, 0, 7, MPI_COMM_WORLD, &status);
            }
            CHECK_STATUS(&status, 0, 7, MPI_BYTE, (int)(length - shift), "large message");
            CHECK_FILLED(in + 1, length - shift, (unsigned)odd, "large message");
            free(in);
        }
    }
    return mt_end();
}
