#!/usr/bin/perl
# System tier: Ruby's net/ftp at the jobs of daily use, and FTPS.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/lib";
use Inftpd::Clients;
use Test::More;

my @program = ('ruby', "$FindBin::Bin/clients/net_ftp.rb");
my $none = 'it has none';
my $client = { name => 'Ruby net/ftp', packages => ['ruby'],
    version => "@program --version", run => program_steps(@program),
    cannot => { get_tree => $none, put_tree => $none, get_time => $none,
        put_time => $none, abort => 'it has no part of a transfer to give up' } };

jobs($client);
jobs($client, tls => 'explicit');
many($client, kinds => ['explicit']); # this version knows no other
done_testing;
