/* SPDX-License-Identifier: BSD-3-Clause */
/* Fortran's types until a Fortran layer says otherwise: gfortran's sizes, and all optional types,
 * since all of them have datatypes here (also REAL*2, which gfortran does not have). */
#include "mpi/abi_fortran.h"

#include <string.h>

#include "base/error.h"

static const struct {
    const char *key, *value;
} defaults[] = {
    {"mpi_logical_size", "4"},
    {"mpi_integer_size", "4"},
    {"mpi_real_size", "4"},
    {"mpi_double_precision_size", "8"},
    {"mpi_logical1_supported", "true"},
    {"mpi_logical2_supported", "true"},
    {"mpi_logical4_supported", "true"},
    {"mpi_logical8_supported", "true"},
    {"mpi_logical16_supported", "true"},
    {"mpi_integer1_supported", "true"},
    {"mpi_integer2_supported", "true"},
    {"mpi_integer4_supported", "true"},
    {"mpi_integer8_supported", "true"},
    {"mpi_integer16_supported", "true"},
    {"mpi_real2_supported", "true"},
    {"mpi_real4_supported", "true"},
    {"mpi_real8_supported", "true"},
    {"mpi_real16_supported", "true"},
    {"mpi_complex4_supported", "true"},
    {"mpi_complex8_supported", "true"},
    {"mpi_complex16_supported", "true"},
    {"mpi_complex32_supported", "true"},
    {"mpi_double_complex_supported", "true"},
};

int toc_mpi_fortran_defaults(struct toc_info *info)
{
    int err = TOC_OK;

    for (size_t i = 0; i < sizeof(defaults) / sizeof(defaults[0]) && err == TOC_OK; i++)
        err = toc_info_set(info, defaults[i].key, defaults[i].value);
    return err;
}

void toc_mpi_fortran_logical(int value, int bytes, void *logical)
{
    memset(logical, 0, (size_t)bytes);
    *(unsigned char *)logical = (unsigned char)value; /* little-endian */
}
