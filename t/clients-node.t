#!/usr/bin/perl
# System tier: Node's basic-ftp at the jobs of daily use, and FTPS.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use Inftpd::Clients;
use Inftpd::System;
use Test::More;

# `make check-clients' puts it there.
$ENV{NODE_PATH} = build_path('clients.d/node_modules');
my @program = ('node', "$FindBin::Bin/clients/basic_ftp.js");
my $none = 'it has none';
my $client = { name => 'Node basic-ftp', packages => ['nodejs', 'npm'],
    version => "@program --version", run => program_steps(@program),
    wants => sub { -d "$ENV{NODE_PATH}/basic-ftp" },
    cannot => { get_time => $none, put_time => $none, active => $none,
        'IPv6, active' => $none, abort => 'it closes the connection' } };

jobs($client);
jobs($client, tls => 'explicit');
many($client);
done_testing;
