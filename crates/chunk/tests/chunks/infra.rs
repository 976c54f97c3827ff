//! Schemas and infrastructure files.

use descry_base::Language;
use descry_chunk::{ChunkConfig, chunks};

use crate::{check, check_names};

const PROTO: &str = include_str!("../fixtures/sample.proto");
const GRAPHQL: &str = include_str!("../fixtures/sample.graphql");
const TERRAFORM: &str = include_str!("../fixtures/sample.tf");
const DOCKERFILE: &str = include_str!("../fixtures/sample.dockerfile");

#[test]
fn protobuf() {
    check_names(
        Language::Protobuf,
        PROTO,
        "Type Cart, Type State, Constant STATE_OPEN, Constant STATE_PAID, Type Line, \
         Interface Till, Method Add, Method Watch",
    );
    check(
        Language::Protobuf,
        PROTO,
        &[
            "1-3 |  | ",
            "5-5 |  | ",
            "7-8 | message Cart | Cart",
            "9-13 | message Cart > enum State | State, STATE_OPEN, STATE_PAID",
            "14-17 | message Cart > message Line | Line",
            "18-18 | message Cart > state | ",
            "19-19 | message Cart > lines | ",
            "20-20 | message Cart > labels | ",
            "21-26 | message Cart > oneof payer | ",
            "28-30 | extend google.protobuf.FieldOptions | ",
            "32-35 | service Till > rpc Add | Till, Add",
            "37-40 | service Till > rpc Watch | Watch",
        ],
    );
}

#[test]
fn graphql() {
    check_names(
        Language::GraphQl,
        GRAPHQL,
        "Type Cart, Method lines, Type Query, Method cart, Method now, Method carts, \
         Interface Node, Type Found, Type State, Constant OPEN, Constant PAID, Type AddInput, \
         Type Date, Macro auth, Function GetCart, Function Pay, Function Parts",
    );
    check(
        Language::GraphQl,
        GRAPHQL,
        &[
            "1-4 | schema | ",
            "6-9 | type Cart | Cart",
            "10-11 | type Cart > id | ",
            "12-13 | type Cart > lines | lines",
            "14-15 | type Cart > state | ",
            "17-20 | type Query | Query, cart, now",
            "22-26 | interface Node | carts, Node",
            "27-28 |  | Found, State, OPEN, PAID",
            "29-30 |  | AddInput, Date",
            "31-31 | directive auth | auth",
            "33-35 | query GetCart | GetCart",
            "36-38 |  | Pay, Parts",
        ],
    );
}

#[test]
fn graphql_descriptions_are_docs() {
    let source = "\"\"\"\nSays so.\n\"\"\"\ntype A { b: Int }\n";
    let chunks = chunks(source, Language::GraphQl, &ChunkConfig::default());
    let doc = chunks[0].doc.clone().map(|doc| &source[doc.start as usize..doc.end as usize]);
    assert_eq!(doc, Some("\"\"\"\nSays so.\n\"\"\""));
}

#[test]
fn terraform() {
    check_names(
        Language::Terraform,
        TERRAFORM,
        "Section logs, Section aws_s3_bucket.logs, Section ubuntu, Section aws_ami.ubuntu, \
         Constant name, Constant url, Module vpc, Constant region, Constant tags, \
         Section greeting",
    );
    check(
        Language::Terraform,
        TERRAFORM,
        &[
            "1-7 | resource aws_s3_bucket.logs | logs, aws_s3_bucket.logs",
            "9-9 | data aws_ami.ubuntu | ubuntu, aws_ami.ubuntu",
            "11-14 | variable name | name",
            "16-16 | output url | url",
            "18-18 | module vpc | vpc",
            "20-24 | locals | region, tags",
            "26-30 |  | ",
            "32-34 | greeting | greeting",
        ],
    );
}

#[test]
fn dockerfile_stages_reach_to_the_next() {
    check_names(Language::Dockerfile, DOCKERFILE, "Section build, Section test");
    check(
        Language::Dockerfile,
        DOCKERFILE,
        &[
            "1-2 |  | ",
            "4-7 | stage build | build",
            "8-10 | stage build | ",
            "12-17 | FROM alpine:3.22 | ",
            "19-20 | stage test | test",
        ],
    );
}
