/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Handles as integers (MPI 5.0, chapter 20): a handle is an integer cast to a pointer type, below
 * 2^31 (lib/core/handle.h), so these are casts. They check nothing, need no MPI_Init, and serve
 * Fortran, where the value of a handle is the same.
 */
#include "mpi/mpi_impl.h"

int PMPI_Comm_toint(MPI_Comm comm)
{
    return (int)(intptr_t)comm;
}
TOC_MPI_ALIAS(Comm_toint);

MPI_Comm PMPI_Comm_fromint(int comm)
{
    return (MPI_Comm)(intptr_t)comm;
}
TOC_MPI_ALIAS(Comm_fromint);

int PMPI_Errhandler_toint(MPI_Errhandler errhandler)
{
    return (int)(intptr_t)errhandler;
}
TOC_MPI_ALIAS(Errhandler_toint);

MPI_Errhandler PMPI_Errhandler_fromint(int errhandler)
{
    return (MPI_Errhandler)(intptr_t)errhandler;
}
TOC_MPI_ALIAS(Errhandler_fromint);

int PMPI_File_toint(MPI_File file)
{
    return (int)(intptr_t)file;
}
TOC_MPI_ALIAS(File_toint);

MPI_File PMPI_File_fromint(int file)
{
    return (MPI_File)(intptr_t)file;
}
TOC_MPI_ALIAS(File_fromint);

int PMPI_Group_toint(MPI_Group group)
{
    return (int)(intptr_t)group;
}
TOC_MPI_ALIAS(Group_toint);

MPI_Group PMPI_Group_fromint(int group)
{
    return (MPI_Group)(intptr_t)group;
}
TOC_MPI_ALIAS(Group_fromint);

int PMPI_Info_toint(MPI_Info info)
{
    return (int)(intptr_t)info;
}
TOC_MPI_ALIAS(Info_toint);

MPI_Info PMPI_Info_fromint(int info)
{
    return (MPI_Info)(intptr_t)info;
}
TOC_MPI_ALIAS(Info_fromint);

int PMPI_Message_toint(MPI_Message message)
{
    return (int)(intptr_t)message;
}
TOC_MPI_ALIAS(Message_toint);

MPI_Message PMPI_Message_fromint(int message)
{
    return (MPI_Message)(intptr_t)message;
}
TOC_MPI_ALIAS(Message_fromint);

int PMPI_Op_toint(MPI_Op op)
{
    return (int)(intptr_t)op;
}
TOC_MPI_ALIAS(Op_toint);

MPI_Op PMPI_Op_fromint(int op)
{
    return (MPI_Op)(intptr_t)op;
}
TOC_MPI_ALIAS(Op_fromint);

int PMPI_Request_toint(MPI_Request request)
{
    return (int)(intptr_t)request;
}
TOC_MPI_ALIAS(Request_toint);

MPI_Request PMPI_Request_fromint(int request)
{
    return (MPI_Request)(intptr_t)request;
}
TOC_MPI_ALIAS(Request_fromint);

int PMPI_Session_toint(MPI_Session session)
{
    return (int)(intptr_t)session;
}
TOC_MPI_ALIAS(Session_toint);

MPI_Session PMPI_Session_fromint(int session)
{
    return (MPI_Session)(intptr_t)session;
}
TOC_MPI_ALIAS(Session_fromint);

int PMPI_Type_toint(MPI_Datatype datatype)
{
    return (int)(intptr_t)datatype;
}
TOC_MPI_ALIAS(Type_toint);

MPI_Datatype PMPI_Type_fromint(int datatype)
{
    return (MPI_Datatype)(intptr_t)datatype;
}
TOC_MPI_ALIAS(Type_fromint);

int PMPI_Win_toint(MPI_Win win)
{
    return (int)(intptr_t)win;
}
TOC_MPI_ALIAS(Win_toint);

MPI_Win PMPI_Win_fromint(int win)
{
    return (MPI_Win)(intptr_t)win;
}
TOC_MPI_ALIAS(Win_fromint);
