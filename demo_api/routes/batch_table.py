"""The operations on batches, which the route table has among the others."""

from functools import partial

from actors import errors as pipeline_errors
from actors.batches.errors import RowsInvalid
from actors.batches.store import Steer
from demo_api.errors import PreviewRefused, RequestInvalid
from demo_api.middleware.request_guard import MAX_BATCH_BODY_BYTES
from demo_api.routes import descriptions
from demo_api.routes.batch_results import batch_export, batch_report
from demo_api.routes.batches import (
    batch_items,
    batch_status,
    check_batch,
    retry_batch,
    run_batch,
    steer_batch,
)
from demo_api.routes.operation import BODY, Errors, Operation
from demo_api.schemas.batch_status import (
    BatchAccepted,
    BatchCheck,
    BatchRetryRequest,
    BatchStatusOut,
    ItemsOut,
)
from demo_api.schemas.batches import BatchCheckRequest, BatchRequest

BATCH: Errors = (pipeline_errors.BatchUnknown,)

STEERING: dict[Steer, str] = {
    "pause": "Pauses a batch: nothing more of it is begun.",
    "resume": "Resumes a paused batch.",
    "cancel": "Cancels a batch, with what runs of it.",
}

BATCH_OPERATIONS: tuple[Operation, ...] = (
    Operation(
        "POST",
        "/demo/batch/run",
        run_batch,
        "Requests a film for each row of a table, or for each site of a list.",
        202,
        BatchAccepted,
        (
            *BODY,
            RowsInvalid,
            pipeline_errors.CallbackRefused,
            pipeline_errors.SecretsUnavailable,
            pipeline_errors.KeyReused,
            pipeline_errors.KeyInFlight,
            *BATCH,
        ),
        request=BatchRequest,
        description=descriptions.BATCH_RUN,
        max_body_bytes=MAX_BATCH_BODY_BYTES,
        takes_forms=True,
    ),
    Operation(
        "POST",
        "/demo/batch/check",
        check_batch,
        "Checks the rows of a batch.",
        200,
        BatchCheck,
        BODY,
        request=BatchCheckRequest,
        needs_redis=False,
        description=descriptions.BATCH_CHECK,
        max_body_bytes=MAX_BATCH_BODY_BYTES,
        takes_forms=True,
        share=0.2,
    ),
    Operation(
        "GET",
        "/demo/batch/status/{batch_id}",
        batch_status,
        "Returns where a batch stands.",
        200,
        BatchStatusOut,
        BATCH,
        access="key",
    ),
    Operation(
        "GET",
        "/demo/batch/items/{batch_id}",
        batch_items,
        "Returns one page of a batch's items.",
        200,
        ItemsOut,
        (*BATCH, RequestInvalid),
        access="key",
        description=descriptions.BATCH_ITEMS,
    ),
    Operation(
        "GET",
        "/demo/batch/report/{batch_id}",
        batch_report,
        "Returns the report of a batch.",
        200,
        ("application/json", "text/csv", "text/html"),
        (*BATCH, RequestInvalid),
        access="key",
        description=descriptions.BATCH_REPORT,
    ),
    Operation(
        "GET",
        "/demo/batch/export/{batch_id}",
        batch_export,
        "Downloads all films of a batch that are ready, once.",
        200,
        ("application/zip",),
        (*BATCH, pipeline_errors.NothingToExport, PreviewRefused),
        get_errors=(pipeline_errors.ExportInProgress,),
        access="key",
        description=descriptions.BATCH_EXPORT,
    ),
    *(
        Operation(
            "POST",
            f"/demo/batch/{how}/{{batch_id}}",
            partial(steer_batch, how),
            summary,
            200,
            BatchStatusOut,
            (*BATCH, pipeline_errors.BatchEnded),
        )
        for how, summary in STEERING.items()
    ),
    Operation(
        "POST",
        "/demo/batch/retry/{batch_id}",
        retry_batch,
        "Makes new attempts at failed items.",
        202,
        BatchStatusOut,
        (*BATCH, *BODY, pipeline_errors.SecretsGone, pipeline_errors.SecretsUnavailable),
        request=BatchRetryRequest,
        description=descriptions.BATCH_RETRY,
    ),
)
